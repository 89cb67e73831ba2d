import PerdureJSON
import Testing

/// Documents that must be read, those that must not, and those where RFC 8259 leaves the choice to us.
@Suite("Parsing")
struct ParsingTests {
    static let accepted: [(String, JSONValue)] = [
        ("null", .null), ("true", true), ("false", false), (" \t\r\n7 \n", 7), ("\"\"", ""), ("[]", []), ("{}", [:]),
        ("[ ]", []), ("{ }", [:]), ("[1,2 , 3]", [1, 2, 3]), ("[[],[[]]]", [[], [[]]]), ("{\"\":0}", ["": 0]),
        ("{\"a\":{\"b\":[true,null]}}", ["a": ["b": [true, nil]]]),
        ("0", 0), ("-0", 0), ("-1", -1), ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
        ("0.0", .double(0)), ("1.0", .double(1)), ("1e2", .double(100)), ("1E+2", .double(100)),
        ("1e-2", .double(0.01)),
        ("123.456e3", .double(123_456)), ("0.1", .double(0.1)), ("-0.0", .double(-0.0)),
        ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)), ("5e-324", .double(.leastNonzeroMagnitude)),
        ("1e-400", .double(0)), ("0e999999999999999999999", .double(0)),
        ("0.3000000000000000444", .double(0.30000000000000004)),
        ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "a\"\\/\u{8}\u{C}\n\r\tz"), ("\"\\u0041\\u00e9\\u20AC\"", "Aé€"),
        ("\"\\uD83D\\uDE00\"", "😀"), ("\"😀é\u{7F}\u{2028}\"", "😀é\u{7F}\u{2028}"), ("\"\\u0000\"", "\0"),
        ("\"\\uFFFF\\uFEFF\"", "\u{FFFF}\u{FEFF}"), ("\"\u{10FFFF}\"", "\u{10FFFF}"),
    ]

    @Test("reads", arguments: accepted)
    func reads(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
        #expect(try JSONValue(parsing: AnyCollection(Array(text.utf8))) == expected)
    }

    static let refused: [(String, JSONError.Code)] = [
        ("", .unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("{", .unexpectedEnd),
        ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), ("{\"a\":", .unexpectedEnd),
        ("{\"a\":1", .unexpectedEnd), ("\"abc", .unexpectedEnd), ("\"abc\\", .unexpectedEnd),
        ("\"\\u12", .unexpectedEnd), ("tru", .unexpectedEnd), ("-", .unexpectedEnd), ("1.", .unexpectedEnd),
        ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd),
        ("[1,]", .syntax), ("[,1]", .syntax), ("[1 2]", .syntax), ("[1;2]", .syntax), ("{\"a\":1,}", .syntax),
        ("{a:1}", .syntax), ("{'a':1}", .syntax), ("{\"a\" 1}", .syntax), ("{\"a\"::1}", .syntax), ("{1:1}", .syntax),
        ("[1}", .syntax), ("{\"a\":1]", .syntax), ("]", .syntax), ("True", .syntax), ("nul1", .syntax),
        ("NaN", .syntax), ("Infinity", .syntax), ("-Infinity", .syntax), ("+1", .syntax), (".5", .syntax),
        ("-.5", .syntax), ("01", .syntax), ("-01", .syntax), ("00", .syntax), ("1.e2", .syntax), ("1e 2", .syntax),
        ("--1", .syntax), ("// c\n1", .syntax), ("/* c */1", .syntax), ("\"\u{01}\"", .syntax), ("\"a\nb\"", .syntax),
        ("\"\t\"", .syntax), ("\"\\x41\"", .syntax), ("\"\\'\"", .syntax), ("\"\\u00G0\"", .syntax),
        ("\"\\U0041\"", .syntax), ("\u{FEFF}1", .syntax), ("\u{A0}1", .syntax), ("\u{0C}1", .syntax),
        ("1 2", .trailingData), ("{}{}", .trailingData), ("[]]", .trailingData), ("null,", .trailingData),
        ("0x10", .trailingData), ("1_000", .trailingData), ("\"a\"\"b\"", .trailingData), ("1\0", .trailingData),
        ("\"\\uD800\"", .loneSurrogate), ("\"\\uDC00\"", .loneSurrogate), ("\"\\uD800\\uD800\"", .loneSurrogate),
        ("\"\\uD83Dx\"", .loneSurrogate), ("\"\\uD83D\\n\"", .loneSurrogate), ("\"\\uDE00\\uD83D\"", .loneSurrogate),
        ("1e309", .numberOutOfRange), ("-1e999999999999999999999", .numberOutOfRange),
        (String(repeating: "9", count: 400), .numberOutOfRange),
        ("{\"a\":1,\"a\":1}", .duplicateKey), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey),
    ]

    @Test("refuses", arguments: refused)
    func refuses(text: String, code: JSONError.Code) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.code == code)
        #expect(error?.isRetriable == false)
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            [0xFF], [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
            [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func refusesMalformedUTF8(content: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + content + [0x22]) }
        #expect(error?.code == .invalidUTF8)
        let outside = #expect(throws: JSONError.self) { try JSONValue(parsing: content) }
        #expect(outside?.code == .syntax)
        // Cut off in the middle of the scalar it must not read beyond the end.
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + content) }
    }

    @Test("integers beyond 64 bits become the nearest double")
    func bigIntegers() throws {
        #expect(try JSONValue(parsing: "9223372036854775808") == .double(9_223_372_036_854_775_808))
        #expect(try JSONValue(parsing: "-9223372036854775809") == .double(-9_223_372_036_854_775_808))
        #expect(try JSONValue(parsing: "100000000000000000000000") == .double(1e23))
        guard case .double = try JSONValue(parsing: "18446744073709551616") else {
            Issue.record("an integer beyond 64 bits must be a double")
            return
        }
    }

    @Test("the depth limit counts levels and is capped")
    func depth() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: nested(128)) }
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: nested(129)) }
        #expect(error?.code == .tooDeep)
        #expect(error?.offset == 128)
        let siblings = "[" + Array(repeating: "{\"a\":[]}", count: 200).joined(separator: ",") + "]"
        #expect(throws: Never.self) { try JSONValue(parsing: siblings, limits: JSONLimits(maximumDepth: 3)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: siblings, limits: JSONLimits(maximumDepth: 2)) }
        let unlimited = JSONLimits(maximumDepth: .max)
        #expect(throws: Never.self) { try JSONValue(parsing: nested(512), limits: unlimited) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: nested(100_000), limits: unlimited) }
        let objects = String(repeating: "{\"a\":", count: 50_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: objects) }
    }

    @Test("size and NUL limits")
    func otherLimits() throws {
        let long = #expect(throws: JSONError.self) {
            try JSONValue(parsing: "[1,2]", limits: JSONLimits(maximumByteCount: 4))
        }
        #expect(long?.code == .tooLarge)
        #expect(throws: Never.self) { try JSONValue(parsing: "[1,2]", limits: JSONLimits(maximumByteCount: 5)) }
        let nul = #expect(throws: JSONError.self) {
            try JSONValue(parsing: "{\"\\u0000\":1}", limits: JSONLimits(allowsNUL: false))
        }
        #expect(nul?.code == .nulCharacter)
    }

    @Test("an error names line, column and byte")
    func places() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "{\n  \"a\": 1,\n  \"b\": ?\n}") }
        #expect(error?.line == 3)
        #expect(error?.column == 8)
        #expect(error?.offset == 19)
        #expect(error.map(String.init(describing:))?.contains("line 3, column 8") == true)
    }
}
