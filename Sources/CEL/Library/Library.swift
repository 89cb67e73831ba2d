/// The built-in functions.
enum Library {
    private static let standard = table(
        [accessFunctions, textFunctions, conversionFunctions, timeConversionFunctions, timestampFunctions])
    private static let extensions: [(extension: CELExtensions, table: [String: [CELOverload]])] = [
        (.strings, table([stringFunctions, stringListFunctions])), (.math, table([mathFunctions, bitFunctions])),
        (.encoders, table([encoderFunctions])), (.optionals, table([optionalFunctions])),
        (.lists, table([listFunctions])),
        (.sets, table([setFunctions])), (.network, table([networkFunctions, networkTextFunctions])),
    ]

    private static func table(_ parts: [[CELFunction]]) -> [String: [CELOverload]] {
        Dictionary(parts.joined().map { ($0.name, $0.overloads) }, uniquingKeysWith: +)
    }

    static func overloads(named name: String, extensions enabled: CELExtensions) -> [CELOverload] {
        var overloads = standard[name] ?? []
        for (option, table) in extensions where enabled.contains(option) { overloads += table[name] ?? [] }
        return overloads
    }

    static func names(extensions enabled: CELExtensions) -> [String] {
        extensions.filter { enabled.contains($0.extension) }.reduce(Array(standard.keys)) { $0 + $1.table.keys }
    }
}
