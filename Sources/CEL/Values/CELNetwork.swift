/// An IP address with the length of its network's prefix, as in `192.0.2.0/24`.
public struct CELNetwork: Sendable, Hashable {
    /// The address as it was written, which may have bits beyond the prefix.
    public let address: CELAddress
    /// How many bits name the network.
    public let prefixLength: Int

    /// Reads a network: an address, a slash, and a number up to the bits that the address has.
    ///
    /// - Throws: `invalidArgument` for any other text and for what ``CELAddress/init(text:)`` refuses.
    public init(text: String) throws(CELError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let digits = parts.last, (1...3).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ Ascii.isDigit($0) }), digits.utf8.count == 1 || digits.utf8.first != 0x30,
            let length = Int(digits)
        else { throw Self.malformed() }
        let address = try CELAddress(text: String(parts[0]))
        guard length <= address.width else { throw Self.malformed() }
        self.init(address, length)
    }

    private init(_ address: CELAddress, _ prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    private static func malformed() -> CELError {
        CELError(.invalidArgument, "The text is no network; write it as 192.0.2.0/24 or 2001:db8::/32")
    }

    /// The network with no bits beyond the prefix.
    var masked: CELNetwork {
        let rest = address.width - prefixLength
        // All bits may be beyond it, and a shift by the whole width leaves none.
        let bits = rest == 128 ? 0 : (address.bits >> rest) << rest
        return CELNetwork(CELAddress(family: address.family, bits: bits), prefixLength)
    }

    /// Whether an address of the same family has the prefix.
    func contains(_ other: CELAddress) -> Bool {
        guard other.family == address.family else { return false }
        return CELNetwork(other, prefixLength).masked.address.bits == masked.address.bits
    }

    /// Whether every address of another network is in this one.
    func contains(_ other: CELNetwork) -> Bool { other.prefixLength >= prefixLength && contains(other.address) }
}

extension CELNetwork: CustomStringConvertible {
    /// The address and the length of the prefix.
    public var description: String { "\(address)/\(prefixLength)" }
}
