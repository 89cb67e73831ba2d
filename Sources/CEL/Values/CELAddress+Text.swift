extension CELAddress: CustomStringConvertible {
    /// The longest text of an address: eight groups of four digits, the last two as a version 4 address.
    private static let maximumBytes = 45

    /// Reads an address: four decimal numbers, or the forms of RFC 4291, section 2.2.
    ///
    /// - Throws: `invalidArgument` for any other text, for an address with a zone, and for a version 4 address in the
    ///   guise of version 6 (`::ffff:192.168.0.1`), which should be written as what it is.
    public init(text: String) throws(CELError) {
        guard !text.utf8.contains(UInt8(ascii: "%")) else {
            throw CELError(.invalidArgument, "An IP address with a zone cannot be used; leave out what follows the %")
        }
        guard text.utf8.count <= Self.maximumBytes, let address = Self.parse(text) else {
            throw CELError(.invalidArgument, "The text is no IP address; write it as 192.0.2.1 or 2001:db8::1")
        }
        guard !(address.isMapped && text.utf8.contains(UInt8(ascii: "."))) else {
            throw CELError(
                .invalidArgument, "An IPv4 address within an IPv6 address cannot be used; write it by itself")
        }
        self = address
    }

    private static func parse(_ text: String) -> CELAddress? {
        guard text.utf8.contains(UInt8(ascii: ":")) else {
            return parseFour(text[...]).map { CELAddress(family: 4, bits: $0) }
        }
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2, let head = halves.first.flatMap({ groups($0, isLast: halves.count == 1) }) else {
            return nil
        }
        guard halves.count == 2 else {
            return head.count == 8 ? CELAddress(family: 6, bits: joined(head)) : nil
        }
        // The two colons stand for one group of zeros at least.
        guard let tail = groups(halves[1], isLast: true), head.count + tail.count < 8 else { return nil }
        let zeros = [UInt128](repeating: 0, count: 8 - head.count - tail.count)
        return CELAddress(family: 6, bits: joined(head + zeros + tail))
    }

    private static func joined(_ groups: [UInt128]) -> UInt128 { groups.reduce(0) { $0 << 16 | $1 } }

    /// The groups of 16 bits between colons; the very last may be a version 4 address, which makes two.
    private static func groups(_ text: Substring, isLast: Bool) -> [UInt128]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt128] = []
        for (index, part) in parts.enumerated() {
            if isLast, index == parts.count - 1, part.utf8.contains(UInt8(ascii: ".")) {
                guard let four = parseFour(part) else { return nil }
                groups += [four >> 16, four & 0xFFFF]
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ Ascii.hexValue($0) != nil }),
                let group = UInt128(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }

    private static func parseFour(_ text: Substring) -> UInt128? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt128 = 0
        for part in parts {
            // A leading zero means octal to some readers, so it is refused.
            guard part.utf8.allSatisfy({ Ascii.isDigit($0) }), part.utf8.count == 1 || part.utf8.first != 0x30,
                let number = UInt8(part)
            else { return nil }
            bits = bits << 8 | UInt128(number)
        }
        return bits
    }

    /// The text in its one canonical form (RFC 5952).
    public var description: String {
        if family == 4 { return four(bits) }
        if isMapped { return "::ffff:" + four(bits & 0xFFFF_FFFF) }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> ((7 - $0) * 16)) }
        let zeros = Self.longestZeros(groups)
        guard zeros.count > 1 else { return Self.text(groups[...]) }
        return Self.text(groups[..<zeros.lowerBound]) + "::" + Self.text(groups[zeros.upperBound...])
    }

    private func four(_ bits: UInt128) -> String {
        (0..<4).map { String(bits >> ((3 - $0) * 8) & 0xFF) }.joined(separator: ".")
    }

    private static func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of groups that are zero.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start > best.count { best = start..<end }
            start = end + 1
        }
        return best
    }
}
