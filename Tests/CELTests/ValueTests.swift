import CEL
import Testing

/// Values apart from expressions.
@Suite struct ValueTests {
    @Test func aMapKeepsItsOrderAndIgnoresItInEquality() throws {
        let forth = CELMap(fields: (0..<20).map { ("k\($0)", .int($0)) })
        let back = CELMap(fields: (0..<20).reversed().map { ("k\($0)", .int($0)) })
        #expect(forth == back)
        #expect(forth.hashValue == back.hashValue)
        #expect(forth.entries.first?.key == "k0")
        #expect(back.entries.first?.key == "k19")
        #expect(forth["k7"] == 7)
        #expect(forth["k20"] == nil)
        #expect(forth != CELMap(fields: (0..<20).map { ("k\($0)", .int(0)) }))
    }

    @Test func aMapFromADictionaryIsSorted() {
        let map = CELMap(["b": 1, "a": 2, "é": 3, "aa": 4])
        #expect(map.entries.map(\.key) == ["a", "aa", "b", "é"])
    }

    @Test func ofARepeatedFieldTheLastCounts() {
        let map = CELMap(fields: [("a", 1), ("b", 2), ("a", 3)])
        #expect(map.count == 2)
        #expect(map["a"] == 3)
    }

    @Test func keysFindEqualNumbersOfOtherTypes() throws {
        let map = try CELMap(entries: [(.int(1), "int"), (.uint(2), "uint"), (.uint(.max), "max"), (true, "bool")])
        #expect(map[CELValue.uint(1)] == "int")
        #expect(map[CELValue.double(2)] == "uint")
        #expect(map[CELValue.uint(.max)] == "max")
        #expect(map[CELValue.double(1.5)] == nil)
        #expect(map[CELValue.double(.nan)] == nil)
        #expect(map[CELValue.bool(true)] == "bool")
        #expect(throws: CELError.self) { try CELMap(entries: [(.int(1), "a"), (.uint(1), "b")]) }
        #expect(throws: CELError.self) { try CELMap(entries: [(.null, "a")]) }
    }

    @Test func equalityOfValuesIsStructural() {
        #expect(CELValue.int(1) != .double(1))
        #expect(CELValue.string("\u{e9}") != .string("e\u{301}"))
        #expect(CELValue.list([1, "a", .null]) == [1, "a", .null])
        #expect(CELValue.optional(nil) != .optional(.null))
    }

    @Test func timeHasItsBounds() {
        #expect(CELTimestamp(seconds: -62_135_596_801) == nil)
        #expect(CELTimestamp(seconds: 253_402_300_800) == nil)
        #expect(CELTimestamp(seconds: 0, nanoseconds: 1_000_000_000) == nil)
        #expect(CELDuration(.seconds(10_000_000_000)) == nil)
        #expect(CELDuration(.milliseconds(-1_500))?.description == "-1.5s")
        #expect(CELDuration(text: "") == nil)
        #expect(CELDuration(text: "-") == nil)
        #expect(CELDuration(text: "1") == nil)
        #expect(CELDuration(text: "9223372036.854775808s") == nil)
        #expect(CELDuration(text: "-9223372036.854775808s")?.nanoseconds == .min)
    }
}
