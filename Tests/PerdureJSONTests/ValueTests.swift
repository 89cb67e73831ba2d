import PerdureJSON
import Testing

/// Equality, access and order of values.
@Suite("Values")
struct ValueTests {
    @Test("numbers are equal by value, whatever their spelling")
    func numericEquality() {
        #expect(JSONValue.int(1) == .double(1))
        #expect(JSONValue.int(1).hashValue == JSONValue.double(1).hashValue)
        #expect(JSONValue.double(-0.0) == .int(0))
        #expect(JSONValue.double(-0.0).hashValue == JSONValue.int(0).hashValue)
        #expect(JSONValue.int(.max) != .double(9_223_372_036_854_775_808))
        #expect(JSONValue.int(9_007_199_254_740_993) != .double(9_007_199_254_740_992))
        #expect(JSONValue.int(1) != .bool(true))
        #expect(JSONValue.string("1") != .int(1))
        #expect(JSONValue.null != .bool(false))
        #expect(JSONValue.double(.nan) == .double(.nan))
    }

    @Test("strings and keys are equal by code points, not by canonical equivalence")
    func codePoints() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        #expect(composed == decomposed)
        #expect(JSONValue.string(composed) != .string(decomposed))
        let both = try JSONValue(parsing: "{\"\(composed)\":1,\"\(decomposed)\":2}")
        #expect(both[composed] == 1)
        #expect(both[decomposed] == 2)
        var wide = JSONObject()
        for index in 0..<40 { wide["key\(index)"] = .int(Int64(index)) }
        wide[composed] = 1
        #expect(wide[decomposed] == nil)
    }

    @Test("objects keep their order and ignore it when compared")
    func objects() {
        let object: JSONObject = ["b": 1, "a": 2]
        #expect(object.keys == ["b", "a"])
        #expect(object == ["a": 2, "b": 1])
        #expect(object.hashValue == (["a": 2, "b": 1] as JSONObject).hashValue)
        #expect(object != ["a": 2])
        #expect(object != ["a": 2, "b": 2])
        #expect(object != ["a": 2, "c": 1])
        #expect(JSONObject(uniqueKeysWithValues: [("a", 1), ("b", 2), ("a", 3)]) == ["a": 3, "b": 2])
    }

    @Test("an object is the same below and above the size where its index starts", arguments: [3, 16, 17, 18, 100])
    func sizes(count: Int) {
        var object = JSONObject()
        for index in 0..<count { object["k\(index)"] = .int(Int64(index)) }
        #expect(object.count == count)
        for index in 0..<count { #expect(object["k\(index)"] == .int(Int64(index))) }
        #expect(object["k\(count)"] == nil)
        object["k1"] = nil
        object["k0"] = "changed"
        #expect(object.count == count - 1)
        #expect(!object.contains(key: "k1"))
        #expect(object["k2"] == 2)
        #expect(object.keys == (0..<count).filter { $0 != 1 }.map { "k\($0)" })
        #expect(object.values.first == "changed")
        object["k1"] = .null
        #expect(object.keys.last == "k1")
        #expect(object["k1"] == .some(.null))
    }

    @Test("accessors answer only for their own kind")
    func accessors() {
        let value: JSONValue = ["s": "x", "i": 3, "d": 2.5, "w": 2.0, "b": true, "n": nil, "a": [1, [2]]]
        #expect(value["s"]?.stringValue == "x")
        #expect(value["i"]?.intValue == 3)
        #expect(value["w"]?.intValue == 2)
        #expect(value["d"]?.intValue == nil)
        #expect(value["d"]?.doubleValue == 2.5)
        #expect(value["i"]?.doubleValue == 3)
        #expect(value["b"]?.boolValue == true)
        #expect(value["n"]?.isNull == true)
        #expect(value["a"]?[1]?[0] == 2)
        #expect(value["a"]?[2] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["a"]?["x"] == nil)
        #expect(value["missing"] == nil)
        #expect(value["s"]?.intValue == nil)
        #expect(value["i"]?.stringValue == nil)
        #expect(value.objectValue?.count == 7)
        #expect(value.arrayValue == nil)
        #expect("\("a")b" as JSONValue == "ab")
    }

    @Test("pointers follow the examples of RFC 6901")
    func pointers() throws {
        let document: JSONValue = [
            "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7,
            "m~n": 8,
        ]
        let cases: [(String, JSONValue)] = [
            ("", document), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2),
            ("/e^f", 3), ("/g|h", 4), ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
        ]
        for (text, expected) in cases {
            let pointer = try JSONPointer(parsing: text)
            #expect(document.value(at: pointer) == expected)
            #expect(pointer.description == text)
        }
        for missing in ["/foo/2", "/foo/01", "/foo/-", "/foo/+1", "/foo/", "/bar", "/foo/0/x"] {
            #expect(document.value(at: try JSONPointer(parsing: missing)) == nil)
        }
        for malformed in ["foo", "/~", "/~2", "/a~"] {
            let error = #expect(throws: JSONError.self) { try JSONPointer(parsing: malformed) }
            #expect(error?.code == .invalidPointer)
        }
        #expect(JSONPointer().appending("a/b").appending(3).description == "/a~1b/3")
    }
}
