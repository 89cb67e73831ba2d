import PerdureJSON
import TestSupport
import Testing

/// Seeded random documents: what is written reads back, and damaged documents end in a value or an error.
@Suite("Random documents")
struct RandomTests {
    @Test("round trip", arguments: 0..<20)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            let value = random.value(depth: 5)
            let again = try JSONValue(parsing: value.jsonBytes)
            #expect(again == value)
            #expect(again.hashValue == value.hashValue)
            #expect(again.jsonBytes == value.jsonBytes)
            #expect(try JSONValue(parsing: value.prettyText()) == value)
            #expect(try JSONValue(parsing: value.canonicalBytes).canonicalBytes == value.canonicalBytes)
        }
    }

    @Test("doubles of every bit pattern keep their value", arguments: 0..<4)
    func doubles(seed: UInt64) throws {
        var random = SplitMix(seed: seed &+ 100)
        for _ in 0..<5_000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            let value = try JSONValue(parsing: JSONValue.double(number).jsonBytes)
            #expect(value.doubleValue?.bitPattern == number.bitPattern)
        }
        for _ in 0..<5_000 {
            // Short decimals take the exact path of the parser; the standard library is the reference.
            let text = "\(random.next() % 10_000_000).\(random.next() % 100_000)e\(Int(random.next() % 50) - 25)"
            let value = try JSONValue(parsing: text)
            #expect(value.doubleValue == Double(text))
        }
    }

    @Test("damaged documents never crash and never read as something unwritable", arguments: 0..<10)
    func mutations(seed: UInt64) throws {
        var random = SplitMix(seed: seed &+ 1_000)
        let pieces: [[UInt8]] = [
            [0], [0x22], [0x5C], [0x80], [0xFF], [0xED, 0xA0, 0x80], Array("\\u".utf8), Array("\\uD83D".utf8),
            Array("[".utf8), Array("}".utf8), Array(",".utf8), Array(":".utf8), Array("1e".utf8), Array("-".utf8),
        ]
        for _ in 0..<1_500 {
            var bytes = random.value(depth: 3).jsonBytes
            for _ in 0...Int(random.next() % 3) {
                let place = Int(random.next() % UInt64(bytes.count + 1))
                switch random.next() % 4 {
                case 0: bytes.removeSubrange(min(place, bytes.count)...)
                case 1 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 2 where place < bytes.count: bytes.remove(at: place)
                default: bytes.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))], at: place)
                }
            }
            do {
                let value = try JSONValue(parsing: bytes)
                #expect(try JSONValue(parsing: value.jsonBytes) == value)
            } catch {
                #expect((0...bytes.count).contains(error.offset))
                #expect(error.line >= 1 && error.column >= 1)
            }
        }
    }
}
