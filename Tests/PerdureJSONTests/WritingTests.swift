import PerdureJSON
import Testing

/// What is written, and that it reads back.
@Suite("Writing")
struct WritingTests {
    @Test("scalars")
    func scalars() {
        let cases: [(JSONValue, String)] = [
            (nil, "null"), (true, "true"), (false, "false"), (0, "0"), (-7, "-7"), (.int(.min), "-9223372036854775808"),
            (.int(.max), "9223372036854775807"), (1.0, "1.0"), (0.1, "0.1"), (-2.5, "-2.5"), (1e300, "1e+300"),
            (.double(.nan), "null"), (.double(.infinity), "null"), (.double(-.infinity), "null"), ("", "\"\""),
            ("a\"b\\c/\u{8}\u{C}\n\r\t\u{1}\u{1F}\u{7F}é😀", "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\u{7F}é😀\""),
            ("\0", "\"\\u0000\""), ([], "[]"), ([:], "{}"), ([1, [nil, "x"]], "[1,[null,\"x\"]]"),
            (["b": 1, "a": ["c": true]], "{\"b\":1,\"a\":{\"c\":true}}"),
        ]
        for (value, text) in cases { #expect(value.jsonText == text) }
    }

    @Test("equal values have equal canonical bytes")
    func canonical() {
        let one: JSONValue = ["b": 1.0, "a": ["z": 2, "é": "x", "y": 0.5]]
        let two: JSONValue = ["a": ["y": 0.5, "é": "x", "z": 2.0], "b": 1]
        #expect(one.canonicalBytes == two.canonicalBytes)
        #expect(String(decoding: one.canonicalBytes, as: UTF8.self) == #"{"a":{"y":0.5,"z":2,"é":"x"},"b":1}"#)
    }

    @Test("text for people")
    func pretty() {
        let value: JSONValue = ["a": [1, [:]], "b": [], "c": ["d": nil]]
        #expect(
            value.prettyText()
                == """
                {
                  "a": [
                    1,
                    {}
                  ],
                  "b": [],
                  "c": {
                    "d": null
                  }
                }
                """)
    }

    @Test("the writer puts commas and colons")
    func writer() throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string("a\"b")
        writer.key("list")
        writer.beginArray()
        writer.int(1)
        writer.int(UInt64.max)
        writer.double(1.5)
        writer.bool(true)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.value([1])
        writer.endArray()
        writer.key("raw")
        writer.raw(bytes: Array("{\"x\":1}".utf8))
        writer.key("last")
        writer.bool(false)
        writer.endObject()
        let expected =
            #"{"id":"a\"b","list":[1,18446744073709551615,1.5,true,null,{},[1]],"raw":{"x":1},"last":false}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
        #expect(throws: Never.self) { try JSONValue(parsing: writer.bytes) }
    }
}
