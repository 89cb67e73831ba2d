import Testing

@testable import AMQPClient

@Suite struct PrefetchWindowTests {
    private static func window(consuming prefetch: UInt16? = nil) -> PrefetchWindow {
        var window = PrefetchWindow(maximum: 500, byteLimit: 64_000, expectedBytes: 8_000)
        if let prefetch { window.consume(prefetch: prefetch) }
        return window
    }

    @Test func itBeginsWithWhatFitsAndOpensForSmallMessages() {
        var window = Self.window()
        #expect(window.fitting == 8 && window.action == nil)
        window.consume(prefetch: 8)
        #expect(window.delivered(1, byteCount: 100))
        #expect(window.action == .consume(prefetch: 500))
        window.consume(prefetch: 500)
        #expect(window.delivered(2, byteCount: 100) && window.action == nil)
    }

    @Test func largeMessagesNarrowIt() {
        var window = Self.window(consuming: 500)
        #expect(window.delivered(1, byteCount: 1_000))
        #expect(window.action == .consume(prefetch: 63))
        window.consume(prefetch: 63)
        window.settled(1, multiple: false)
        // Not for a little more room; but once it is twice as much.
        for tag in UInt64(2)...40 {
            #expect(window.delivered(tag, byteCount: 500))
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
        var window = Self.window(consuming: 500)
        for tag in UInt64(1)...8 { #expect(window.delivered(tag, byteCount: 9_000)) }
        #expect(window.phase == .full && window.openBytes == 72_000 && window.action == .pause)
        #expect(!window.delivered(9, byteCount: 9_000) && window.openBytes == 72_000)
        window.paused()
        #expect(window.phase == .paused && window.action == nil)
        window.settled(4, multiple: true)
        #expect(window.openBytes == 36_000 && window.action == nil)
        window.settled(9, multiple: false)
        window.settled(6, multiple: false)
        #expect(window.openBytes == 27_000 && window.action == .consume(prefetch: 4))
        window.consume(prefetch: 4)
        #expect(window.delivered(10, byteCount: 9_000) && window.phase == .consuming)
    }

    @Test func oneMessageLargerThanTheLimitIsTaken() {
        var window = Self.window(consuming: 1)
        #expect(window.delivered(1, byteCount: 1_000_000) && window.phase == .consuming && window.action == nil)
        window.settled(1, multiple: false)
        #expect(window.openBytes == 0 && window.delivered(2, byteCount: 1_000_000))
    }

    @Test func anotherConnectionStartsOverAndRemembersSizes() {
        var window = Self.window(consuming: 500)
        #expect(window.delivered(1, byteCount: 16_000))
        window.begin()
        #expect(window.openBytes == 0 && window.phase == .idle && window.fitting == 4)
    }
}
