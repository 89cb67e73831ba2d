import PerdureJSON

/// Why a scalar has no value.
struct ScalarProblem: Error {
    let message: String
}

/// What a scalar is by its tag, or by its looks where it has none: the core schema of YAML 1.2 (section 10.3).
enum ScalarTag {
    case none, null, bool, int, float, string

    /// What the names of YAML's own tags begin with; `!!` is short for it.
    static let prefix = "tag:yaml.org,2002:"

    private static let known = ["null", "bool", "int", "float", "str", "seq", "map"]

    /// The tag by its full name, which is empty for none.
    ///
    /// - Parameter isQuoted: Whether the scalar stands in quotes or in a block, which makes it a text without a tag.
    init(_ name: String, isQuoted: Bool) throws(ScalarProblem) {
        switch name {
        case "": self = .none
        case Self.prefix + "str": self = isQuoted ? .none : .string
        case Self.prefix + "null": self = .null
        case Self.prefix + "bool": self = .bool
        case Self.prefix + "int": self = .int
        case Self.prefix + "float": self = .float
        case Self.prefix + "seq", Self.prefix + "map":
            throw ScalarProblem(message: "The tag \(Self.shown(name)) does not fit a single value; remove it.")
        default: throw ScalarProblem(message: Self.unknown(name))
        }
    }

    /// Whether the file has it.
    var isWritten: Bool { self != .none }

    /// Whether a tag is one of the core schema.
    static func isKnown(_ name: String) -> Bool { known.contains { name == prefix + $0 } }

    /// A tag as files have it.
    static func shown(_ name: String) -> String {
        (name.hasPrefix(prefix) ? "!!" + name.dropFirst(prefix.count) : name).storable(maximum: 64)
    }

    /// What to say of a tag that means nothing here.
    static func unknown(_ name: String) -> String {
        let list = known.map { "!!\($0)" }.joined(separator: ", ")
        return "The tag \(shown(name)) is not known here; remove it, or put quotes around a text that begins with '!'. "
            + "Known: \(list)."
    }

    /// The value of a scalar.
    ///
    /// - Parameters:
    ///   - isPlain: Whether it stands without quotes.
    ///   - keepsLargeIntegers: Whether whole numbers beyond 64 bits become the nearest floating-point number, as in JSON.
    func value(of text: String, isPlain: Bool, keepsLargeIntegers: Bool) throws(ScalarProblem) -> JSONValue {
        if self == .string || self == .none && !isPlain { return .string(text) }
        let value = try Self.plain(text, keepsLargeIntegers: keepsLargeIntegers)
        switch (self, value) {
        case (.none, _), (.null, .null), (.bool, .bool), (.int, .int), (.float, .double): return value
        case (.float, .int(let whole)): return .double(Double(whole))
        case (.null, _): throw mismatch(text, "null")
        case (.bool, _): throw mismatch(text, "true or false")
        case (.int, _): throw mismatch(text, "a whole number")
        default: throw mismatch(text, "a number")
        }
    }

    private func mismatch(_ text: String, _ wanted: String) -> ScalarProblem {
        let found = JSONValue.string(text).jsonText.storable(maximum: 64)
        return ScalarProblem(message: "By its tag this is \(wanted); found \(found).")
    }

    /// A scalar without quotes and tag.
    private static func plain(_ text: String, keepsLargeIntegers: Bool) throws(ScalarProblem) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let first = unsigned.utf8.first, (0x30...0x39).contains(first) || first == UInt8(ascii: ".") else {
            return .string(text)
        }
        if [".inf", ".Inf", ".INF"].contains(unsigned) || [".nan", ".NaN", ".NAN"].contains(text) {
            throw ScalarProblem(
                message:
                    "JSON has neither an infinite number nor one that is none; put \(text) in quotes if it is a text.")
        }
        if let integer = Int64(text.hasPrefix("+") ? String(unsigned) : text) { return .int(integer) }
        // Neither form takes a sign, before its prefix or after it.
        for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
            let digits = text.dropFirst(2)
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.hexDigitValue.map { $0 < radix } == true })
            else {
                return .string(text)
            }
            guard let integer = Int64(digits, radix: radix) else { throw tooLarge(text, "") }
            return .int(integer)
        }
        let isDecimal = unsigned.utf8.allSatisfy { (0x30...0x39).contains($0) || ".eE+-".utf8.contains($0) }
        guard isDecimal, let double = Double(text) else { return .string(text) }
        guard double.isFinite else {
            throw ScalarProblem(
                message:
                    "The number \(text.storable(maximum: 64)) is beyond what 64 bits can hold; put it in quotes if it is a "
                    + "text.")
        }
        let isInteger = unsigned.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard !isInteger || keepsLargeIntegers else {
            throw tooLarge(text, ", or .0 behind it if it may be rounded")
        }
        return .double(double)
    }

    private static func tooLarge(_ text: String, _ more: String) -> ScalarProblem {
        ScalarProblem(
            message:
                "The whole number \(text.storable(maximum: 64)) does not fit in 64 bits; put it in quotes if it is a "
                + "text\(more).")
    }
}
