/// An IP address of version 4 or 6.
///
/// An address of version 6 that stands for one of version 4 (`::ffff:c0a8:1`) equals that one.
public struct CELAddress: Sendable, Hashable {
    /// The version: 4 or 6.
    public let family: Int
    /// The bits as a number, highest first; those of version 4 are the lowest 32.
    let bits: UInt128

    private static let mappedPrefix: UInt128 = 0xFFFF << 32

    init(family: Int, bits: UInt128) {
        self.family = family
        self.bits = bits
    }

    /// How many bits an address of the family has.
    var width: Int { family == 4 ? 32 : 128 }

    /// Whether it is of version 6 and stands for one of version 4.
    var isMapped: Bool { family == 6 && bits >> 32 == 0xFFFF }

    /// The address of version 4 that it stands for, or itself.
    private var unmapped: CELAddress {
        isMapped ? CELAddress(family: 4, bits: bits & 0xFFFF_FFFF) : self
    }

    /// Whether both are one address.
    public static func == (lhs: CELAddress, rhs: CELAddress) -> Bool {
        let (left, right) = (lhs.unmapped, rhs.unmapped)
        return left.family == right.family && left.bits == right.bits
    }

    /// Feeds the address to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(unmapped.family)
        hasher.combine(unmapped.bits)
    }
}

// The kinds of addresses, by the registries of RFC 6890 and of RFC 4291.
extension CELAddress {
    /// Whether the first bits are those of a prefix; either of the two families.
    private func starts(with prefix: UInt128, of length: Int, family: Int) -> Bool {
        let address = unmapped
        return address.family == family && address.bits >> (address.width - length) == prefix
    }

    var isUnspecified: Bool { unmapped.bits == 0 }

    var isLoopback: Bool { starts(with: 127, of: 8, family: 4) || (family == 6 && bits == 1) }

    var isMulticast: Bool { starts(with: 0xE, of: 4, family: 4) || starts(with: 0xFF, of: 8, family: 6) }

    var isLinkLocalMulticast: Bool {
        // Of version 6 the four bits of flags may be anything.
        starts(with: 0xE00000, of: 24, family: 4) || (starts(with: 0xFF, of: 8, family: 6) && bits >> 112 & 0xF == 2)
    }

    var isLinkLocalUnicast: Bool { starts(with: 0xA9FE, of: 16, family: 4) || starts(with: 0x3FA, of: 10, family: 6) }

    var isGlobalUnicast: Bool {
        let isBroadcast = unmapped.family == 4 && unmapped.bits == 0xFFFF_FFFF
        return !isBroadcast && !isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast
    }
}
