import Testing

@testable import AMQPClient

@Suite struct PrefetchWindowTests {
    private static func window(consuming prefetch: UInt16? = nil) -> PrefetchWindow {
        var window = PrefetchWindow(maximum: 500, byteLimit: 64_000, expectedBytes: 8_000)
        if let prefetch { window.consume(prefetch: prefetch) }
        return window
    }

    @Test func itBeginsWithWhatFitsAndOpensForSmallMessages() {
        var kept = false
        var window = Self.window()
        #expect(window.fitting == 8 && window.action == nil)
        window.consume(prefetch: 8)
        kept = window.delivered(1, byteCount: 100)
        #expect(kept)
        #expect(window.action == .consume(prefetch: 500))
        window.consume(prefetch: 500)
        kept = window.delivered(2, byteCount: 100)
        #expect(kept && window.action == nil)
    }

    @Test func largeMessagesNarrowIt() {
        var kept = false
        var window = Self.window(consuming: 500)
        kept = window.delivered(1, byteCount: 1_000)
        #expect(kept)
        #expect(window.action == .consume(prefetch: 63))
        window.consume(prefetch: 63)
        window.settled(1, multiple: false)
        // Not for a little more room; but once it is twice as much.
        for tag in UInt64(2)...40 {
            kept = window.delivered(tag, byteCount: 500)
            #expect(kept)
            window.settled(tag, multiple: false)
            #expect(window.action == nil)
        }
        var tag: UInt64 = 41
        while window.action == nil, tag < 5_000 {
            _ = window.delivered(tag, byteCount: 1)
            window.settled(tag, multiple: false)
            tag += 1
        }
        guard case .consume(let prefetch) = window.action else {
            Issue.record("it never opens again")
            return
        }
        #expect(prefetch >= 126)
    }

    @Test func whatIsTooMuchIsGivenBackUntilHalfIsFree() {
        var kept = false
        var window = Self.window(consuming: 500)
        for tag in UInt64(1)...8 {
            kept = window.delivered(tag, byteCount: 9_000)
            #expect(kept)
        }
        #expect(window.phase == .full && window.openBytes == 72_000 && window.action == .pause)
        kept = window.delivered(9, byteCount: 9_000)
        #expect(!kept && window.openBytes == 72_000)
        window.paused()
        #expect(window.phase == .paused && window.action == nil)
        window.settled(4, multiple: true)
        #expect(window.openBytes == 36_000 && window.action == nil)
        window.settled(9, multiple: false)
        window.settled(6, multiple: false)
        #expect(window.openBytes == 27_000 && window.action == .consume(prefetch: 4))
        window.consume(prefetch: 4)
        kept = window.delivered(10, byteCount: 9_000)
        #expect(kept && window.phase == .consuming)
    }

    @Test func oneMessageLargerThanTheLimitIsTaken() {
        var kept = false
        var window = Self.window(consuming: 1)
        kept = window.delivered(1, byteCount: 1_000_000)
        #expect(kept && window.phase == .consuming && window.action == nil)
        window.settled(1, multiple: false)
        #expect(window.openBytes == 0)
        kept = window.delivered(2, byteCount: 1_000_000)
        #expect(kept)
    }

    @Test func anotherConnectionStartsOverAndRemembersSizes() {
        var kept = false
        var window = Self.window(consuming: 500)
        kept = window.delivered(1, byteCount: 16_000)
        #expect(kept)
        window.begin()
        #expect(window.openBytes == 0 && window.phase == .idle && window.fitting == 4)
    }
}
