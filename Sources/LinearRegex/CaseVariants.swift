/// The other cases of a scalar, for matching without regard to case.
enum CaseVariants {
    /// Scalars that share a letter with another one but are not its upper or lower case: the Kelvin and Ångström
    /// signs and the long s are what a fold of their ordinary letter has to reach.
    private static let signs: [UInt32: UInt32] = [
        0x6B: 0x212A, 0x4B: 0x212A, 0x73: 0x017F, 0x53: 0x017F, 0xE5: 0x212B, 0xC5: 0x212B,
    ]

    /// The upper and lower cases of a scalar that are single scalars, without the scalar itself.
    static func of(_ value: UInt32) -> [UInt32] {
        guard let scalar = Unicode.Scalar(value) else { return [] }
        var variants: [UInt32] = []
        func add(_ mapping: String) {
            guard let first = mapping.unicodeScalars.first, mapping.unicodeScalars.count == 1 else { return }
            if first.value != value, !variants.contains(first.value) { variants.append(first.value) }
        }
        let lower = scalar.properties.lowercaseMapping
        let upper = scalar.properties.uppercaseMapping
        add(lower)
        add(upper)
        // A third form, such as the final sigma, is reached over the upper or the lower case.
        if let back = lower.unicodeScalars.first { add(back.properties.uppercaseMapping) }
        if let back = upper.unicodeScalars.first { add(back.properties.lowercaseMapping) }
        if let sign = signs[value] { variants.append(sign) }
        return variants
    }
}
