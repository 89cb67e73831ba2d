/// URIs by the grammar of RFC 3986.
enum URIFormat {
    /// A URI with a scheme.
    static func isURI(_ text: String) -> Bool { URIReference(text).scheme != nil && isReference(text) }

    /// A URI or a relative reference.
    static func isReference(_ text: String) -> Bool {
        let parts = URIReference(text)
        if let authority = parts.authority {
            guard isAuthority(authority), parts.path.isEmpty || parts.path.utf8.first == UInt8(ascii: "/") else {
                return false
            }
        } else if parts.scheme == nil,
            parts.path.utf8.prefix(while: { $0 != UInt8(ascii: "/") }).contains(UInt8(ascii: ":"))
        {
            // A first segment with a colon would read as a scheme, and that one is malformed.
            return false
        }
        return holds(parts.path, ":@/") && holds(parts.query ?? "", ":@/?") && holds(parts.fragment ?? "", ":@/?")
    }

    private static func isAuthority(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
            guard holds(String(decoding: rest[..<at], as: UTF8.self), ":") else { return false }
            rest = rest[(at + 1)...]
        }
        var port: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            guard NetworkFormat.isIPv6(rest[(rest.startIndex + 1)..<end]) else { return false }
            port = rest[(end + 1)...]
            guard port.isEmpty || port.first == UInt8(ascii: ":") else { return false }
        } else {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            guard holds(String(decoding: rest[..<end], as: UTF8.self), "") else { return false }
            port = rest[end...]
        }
        return port.dropFirst().allSatisfy(\.isASCIIDigit)
    }

    /// Whether the text holds only unreserved characters, sub-delimiters, percent escapes and `extra`.
    private static func holds(_ text: String, _ extra: String) -> Bool {
        let plain = "-._~!$&'()*+,;="
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard bytes.popFirst()?.hexDigitValue != nil, bytes.popFirst()?.hexDigitValue != nil else {
                    return false
                }
            } else if !byte.isASCIILetter, !byte.isASCIIDigit, !plain.utf8.contains(byte), !extra.utf8.contains(byte) {
                return false
            }
        }
        return true
    }
}
