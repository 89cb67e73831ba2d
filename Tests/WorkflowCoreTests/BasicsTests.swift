import Foundation
import PerdureJSON
import TestSupport
import Testing

@testable import WorkflowCore

@Suite struct BasicsTests {
    private static let instants: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"), (1, "1970-01-01T00:00:00.000001Z"),
        (-86_400_000_000, "1969-12-31T00:00:00.000000Z"), (-86_400_000_001, "1969-12-30T23:59:59.999999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"), (951_868_799_999_999, "2000-02-29T23:59:59.999999Z"),
        (1_709_164_800_123_456, "2024-02-29T00:00:00.123456Z"), (1_709_251_200_000_000, "2024-03-01T00:00:00.000000Z"),
        (4_107_542_399_000_000, "2100-02-28T23:59:59.000000Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        (1_795_363_200_000_000, "2026-11-22T16:00:00.000000Z"), (-2_203_891_200_000_000, "1900-03-01T00:00:00.000000Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        (Int64.max, "294247-01-10T04:00:54.775807Z"), (Int64.min, "-290308-12-21T19:59:05.224192Z"),
    ]

    @Test(arguments: instants) func rfc3339(_ microseconds: Int64, text: String) {
        #expect(Timestamp(microsecondsSinceEpoch: microseconds).rfc3339 == text)
    }

    /// Against Foundation's calendar, over four centuries on either side of the epoch.
    @Test func rfc3339AgreesWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        var random = SplitMix(seed: 1)
        for _ in 0..<500 {
            let seconds = Int64.random(in: -11_000_000_000...12_600_000_000, using: &random)
            let date = Date(timeIntervalSince1970: Double(seconds))
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
            // Foundation's calendar is the Julian one before this.
            guard seconds > -12_219_292_800, let year = parts.year, let month = parts.month, let day = parts.day,
                let hour = parts.hour, let minute = parts.minute, let second = parts.second
            else { continue }
            let expected = String(
                format: "%04d-%02d-%02dT%02d:%02d:%02d.000000Z", year, month, day, hour, minute, second)
            #expect(Timestamp(microsecondsSinceEpoch: seconds * 1_000_000).rfc3339 == expected)
        }
    }

    @Test func timestamps() {
        #expect(Timestamp(microsecondsSinceEpoch: -1).secondsSinceEpoch == -1)
        #expect(Timestamp(microsecondsSinceEpoch: 1_999_999).secondsSinceEpoch == 1)
        #expect(
            noon.advanced(byMicroseconds: -1) < noon
                && noon.advanced(byMicroseconds: 5).microsecondsSinceEpoch % 10 == 5)
    }

    @Test func executionIDs() throws {
        let text = "019AB3C4-aaaa-7bbb-8ccc-0123456789ab"
        let id = try #require(ExecutionID(text))
        #expect(id.description == text.lowercased() && ExecutionID(id.description) == id)
        for bad in [
            "", "x", String(text.dropLast()), text + "0", "{\(text)}", text.replacingOccurrences(of: "-", with: ""),
        ] {
            #expect(ExecutionID(bad) == nil, "\(bad)")
        }
    }

    /// RFC 9562, section 5.7: 48 bits of milliseconds, the version, 12 bits, the variant, 62 bits.
    @Test func newIDsAreVersion7() {
        let time = Timestamp(microsecondsSinceEpoch: 0x0123_4567_89AB * 1000 + 999)
        #expect(ExecutionID(now: time, randomBits: 0, 0).description == "01234567-89ab-7000-8000-000000000000")
        #expect(ExecutionID(now: time, randomBits: .max, .max).description == "01234567-89ab-7fff-bfff-ffffffffffff")
        #expect(
            ExecutionID(now: time, randomBits: 0x1234, 0x8877_6655_4433_2211).description
                == "01234567-89ab-7412-9122-334455667788")
        let later = ExecutionID(now: time.advanced(byMicroseconds: 1000), randomBits: 0, 0)
        #expect(ExecutionID(now: time, randomBits: .max, .max).description < later.description)
        let environment = RuntimeEnvironment(
            now: { time }, uptime: { .zero }, sleep: { _ in }, randomBits: { 7 }
        )
        #expect(environment.newExecutionID() == ExecutionID(now: time, randomBits: 7, 7))
    }

    @Test(
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ]
    ) func sha256(_ message: String, digest: String) {
        #expect(SHA256.hexDigest(of: message.utf8) == digest)
    }

    /// The padding changes at each of these lengths; the digests come from another implementation.
    @Test(
        arguments: [
            (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
            (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
            (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
            (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
            (65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
        ]
    ) func sha256Padding(_ length: Int, digest: String) {
        #expect(SHA256.hexDigest(of: [UInt8](repeating: 0x61, count: length)) == digest)
    }

    @Test(
        arguments: [
            ("", "", 0), ("a", "", 1), ("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1),
            ("verison", "version", 1), ("ca", "abc", 3),
            ("é", "e\u{301}", 2), ("abc", "abc", 0),
        ]
    ) func distances(_ left: String, _ right: String, distance: Int) {
        #expect(Suggestion.distance(left, right) == distance)
        #expect(Suggestion.distance(right, left) == distance)
    }

    @Test func suggestions() {
        #expect(Suggestion.text(for: "agnet", among: ["agent", "with"]) == " Did you mean 'agent'?")
        #expect(Suggestion.text(for: "x", among: ["agent"]) == "" && Suggestion.text(for: "agent", among: []) == "")
        #expect(Suggestion.text(for: "ste", among: ["stew", "stem", "step"]) == " Did you mean 'stem'?")
        #expect(
            Suggestion.text(for: String(repeating: "a", count: 65), among: [String(repeating: "a", count: 64)]) == "")
        let long = String(repeating: "x", count: 300)
        #expect(Suggestion.text(for: long, among: ["document_analysis"]) == "")
    }

    @Test func agentsByName() {
        struct Named: Agent {
            let name: String
            let answer: JSONValue
            func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue { answer }
        }
        var registry = AgentRegistry([Named(name: "a", answer: 1), Named(name: "b", answer: 2)])
        #expect(registry.names == ["a", "b"] && registry["c"] == nil)
        registry.register(Named(name: "a", answer: 3))
        #expect((registry["a"] as? Named)?.answer == 3 && registry.names.count == 2)
    }
}
