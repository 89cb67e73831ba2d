/// A path to a value inside a JSON document (RFC 6901).
public struct JSONPointer: Sendable, Hashable {
    /// The steps from the root, unescaped: a member's key or an element's index in decimal.
    public var tokens: [String]

    /// Makes a pointer from unescaped steps; without any it names the whole document.
    public init(_ tokens: [String] = []) { self.tokens = tokens }

    /// Reads the textual form: empty, or steps each led by `/`, with `~0` for `~` and `~1` for `/`.
    ///
    /// Throws `JSONError` with code `invalidPointer`.
    public init(parsing text: String) throws(JSONError) {
        tokens = []
        guard !text.isEmpty else { return }
        var rest = text.utf8[...]
        guard rest.first == UInt8(ascii: "/") else { throw Self.malformed(text, "it must be empty or start with '/'") }
        rest = rest.dropFirst()
        for part in rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            var token: [UInt8] = []
            var bytes = part.makeIterator()
            while let byte = bytes.next() {
                guard byte == UInt8(ascii: "~") else {
                    token.append(byte)
                    continue
                }
                switch bytes.next() {
                case UInt8(ascii: "0"): token.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): token.append(UInt8(ascii: "/"))
                default: throw Self.malformed(text, "'~' must be followed by 0 or 1")
                }
            }
            tokens.append(String(decoding: token, as: UTF8.self))
        }
    }

    /// The pointer one step further down, to the member called `key`.
    public func appending(_ key: String) -> JSONPointer { JSONPointer(tokens + [key]) }

    /// The pointer one step further down, to the element at `index`.
    public func appending(_ index: Int) -> JSONPointer { JSONPointer(tokens + [String(index)]) }

    /// The index a step names: decimal digits without leading zeros, or nil.
    static func arrayIndex(_ token: String) -> Int? {
        guard token == "0" || token.utf8.first != UInt8(ascii: "0") else { return nil }
        guard token.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(token)
    }

    private static func malformed(_ text: String, _ reason: String) -> JSONError {
        JSONError(
            code: .invalidPointer, message: "'\(text)' is not a JSON pointer: \(reason).", offset: 0, line: 1, column: 1
        )
    }
}

extension JSONPointer: CustomStringConvertible {
    /// The textual form of RFC 6901; empty for the whole document.
    public var description: String {
        var text = ""
        for token in tokens {
            text += "/"
            for scalar in token.unicodeScalars {
                switch scalar {
                case "~": text += "~0"
                case "/": text += "~1"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }
}
