/// Addresses and names on a network.
enum NetworkFormat {
    /// A host name of RFC 1123: labels of letters, digits and inner hyphens.
    static func isHostname(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard 1...253 ~= bytes.count else { return false }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            1...63 ~= label.count && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
        }
    }

    /// Four numbers up to 255, without leading zeros since some programs read those as octal.
    static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                1...3 ~= part.count && part.allSatisfy(\.isASCIIDigit)
                    && (part.count == 1 || part.first != UInt8(ascii: "0"))
                    && part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } < 256
            }
    }

    /// RFC 4291, section 2.2: eight groups, one run of zeros as `::`, perhaps an IPv4 address at the end; no zone.
    static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = Array(bytes)
        let colon = UInt8(ascii: ":")
        let gaps = text.indices.dropLast().filter { text[$0] == colon && text[$0 + 1] == colon }
        guard gaps.count <= 1 else { return false }
        guard let gap = gaps.first else { return groupCount(text[...], mayEndInIPv4: true) == 8 }
        guard let left = groupCount(text[..<gap], mayEndInIPv4: false),
            let right = groupCount(text[(gap + 2)...], mayEndInIPv4: true)
        else { return false }
        return left + right <= 7
    }

    /// An address of RFC 5321: a dot-string or quoted text, `@`, and a host name or an address in brackets.
    static func isEmail(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let local = bytes[..<at]
        let domain = bytes[(at + 1)...]
        guard 1...64 ~= local.count, isLocalPart(local) else { return false }
        guard domain.first == UInt8(ascii: "["), domain.last == UInt8(ascii: "]") else { return isHostname(domain) }
        let address = domain.dropFirst().dropLast()
        let prefix = Array("IPv6:".utf8)
        return address.starts(with: prefix) ? isIPv6(address.dropFirst(prefix.count)) : isIPv4(address)
    }

    private static func isLocalPart(_ local: ArraySlice<UInt8>) -> Bool {
        if local.count > 2, local.first == UInt8(ascii: "\""), local.last == UInt8(ascii: "\"") {
            var rest = local.dropFirst().dropLast()
            while let byte = rest.popFirst() {
                guard 0x20...0x7E ~= byte, byte != UInt8(ascii: "\"") else { return false }
                if byte == UInt8(ascii: "\\") {
                    guard let escaped = rest.popFirst(), 0x20...0x7E ~= escaped else { return false }
                }
            }
            return true
        }
        return local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    /// How many groups of 16 bits the text holds; nil when it is malformed.
    private static func groupCount(_ text: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> Int? {
        guard !text.isEmpty else { return 0 }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, mayEndInIPv4, part.contains(UInt8(ascii: ".")) {
                guard isIPv4(part) else { return nil }
                count += 2
            } else {
                guard 1...4 ~= part.count, part.allSatisfy({ $0.hexDigitValue != nil }) else { return nil }
                count += 1
            }
        }
        return count
    }
}
