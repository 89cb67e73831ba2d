import TestSupport
import Testing

@testable import WorkflowMessaging

/// Acknowledgements against a model of the broker: one for a tag that is not outstanding closes the channel.
@Suite struct AckWindowTests {
    private struct Broker {
        struct UnknownTag: Error { let tag: UInt64 }

        private(set) var outstanding: Set<UInt64> = []
        private var lastTag: UInt64 = 0

        mutating func deliver() -> UInt64 {
            lastTag += 1
            outstanding.insert(lastTag)
            return lastTag
        }

        mutating func take(_ acknowledgement: AckWindow.Acknowledgement) throws -> Set<UInt64> {
            guard outstanding.contains(acknowledgement.tag) else { throw UnknownTag(tag: acknowledgement.tag) }
            let settled: Set<UInt64> =
                acknowledgement.multiple ? outstanding.filter { $0 <= acknowledgement.tag } : [acknowledgement.tag]
            outstanding.subtract(settled)
            return settled
        }
    }

    private typealias Acknowledgement = AckWindow.Acknowledgement

    @Test func whatIsInOrderGoesAtOnce() {
        var window = AckWindow()
        #expect(window.settle([1, 2, 3]) == [Acknowledgement(tag: 3, multiple: true)])
        #expect(window.settle([4]) == [Acknowledgement(tag: 4, multiple: true)])
        #expect(window.settle([UInt64]()) == [])
    }

    @Test func whatIsBeyondAGapWaits() {
        var window = AckWindow()
        #expect(window.settle([2, 3]) == [])
        #expect(window.settle([5]) == [])
        #expect(window.settle([1]) == [Acknowledgement(tag: 3, multiple: true)])
        #expect(window.settle([4]) == [Acknowledgement(tag: 5, multiple: true)])
    }

    @Test func copiesAreSettledOnce() {
        var window = AckWindow()
        #expect(window.settle([1, 1]) == [Acknowledgement(tag: 1, multiple: true)])
        #expect(window.settle([1]) == [])
        #expect(window.settle([3]) == [])
        #expect(window.settle([3]) == [])
        #expect(window.settle([2]) == [Acknowledgement(tag: 3, multiple: true)])
    }

    @Test func patienceHasAnEnd() {
        var window = AckWindow()
        let beyond = (2...UInt64(AckWindow.patience + 1)).map { $0 }
        #expect(window.settle(beyond) == [])
        let last = UInt64(AckWindow.patience + 2)
        #expect(window.settle([last]) == (beyond + [last]).map { Acknowledgement(tag: $0, multiple: false) })
        #expect(window.settle(beyond) == [])
        #expect(window.settle([1]) == [Acknowledgement(tag: 1, multiple: true)])
        #expect(window.settle([last + 1]) == [Acknowledgement(tag: last + 1, multiple: true)])
    }

    @Test func anotherConnectionStartsOver() {
        var window = AckWindow()
        window.begin(generation: 1)
        _ = window.settle([1, 3])
        window.begin(generation: 1)
        #expect(window.settle([2]) == [Acknowledgement(tag: 3, multiple: true)])
        window.begin(generation: 2)
        #expect(window.generation == 2)
        #expect(window.settle([1]) == [Acknowledgement(tag: 1, multiple: true)])
    }

    @Test(arguments: UInt64(1)...200) func noAcknowledgementIsWrongOrMissing(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var window = AckWindow()
        var broker = Broker()
        var open: [UInt64] = []
        var settled: Set<UInt64> = []
        var acknowledged: Set<UInt64> = []
        // Some seeds keep one delivery open for long, so that the patience runs out.
        let slow: UInt64? = seed % 2 == 0 ? 5 : nil
        func settle(_ tags: [UInt64]) throws {
            settled.formUnion(tags)
            for acknowledgement in window.settle(tags) {
                let done = try broker.take(acknowledgement)
                #expect(done.isSubset(of: settled), "a delivery that is open was acknowledged")
                #expect(done.isDisjoint(with: acknowledged), "a delivery was acknowledged twice")
                acknowledged.formUnion(done)
            }
            #expect(settled.count - acknowledged.count <= AckWindow.patience, "too many wait")
        }
        for _ in 0..<300 {
            for _ in 0..<Int(random.next() % 8) { open.append(broker.deliver()) }
            if random.next() % 3 == 0 { open.shuffle(using: &random) }
            let count = Int(random.next() % 8)
            var tags = open.filter { $0 != slow }.prefix(count).map { $0 }
            open.removeAll { tags.contains($0) }
            if random.next() % 4 == 0, let old = settled.randomElement(using: &random) { tags.append(old) }
            try settle(tags)
        }
        try settle(open)
        #expect(broker.outstanding.isEmpty && acknowledged == settled)
    }

    /// However long one delivery stays open, what is settled beyond it takes no more memory than there are gaps.
    @Test func oneSlowDeliveryCostsNoMemory() {
        var window = AckWindow()
        for tag in UInt64(1)...200_000 {
            window.deliver(tag)
            if tag > 1 && tag != 1000 { _ = window.settle([tag]) }
        }
        #expect(window.pieces <= AckWindow.patience + 2)
        #expect(window.settle([1]) == [Acknowledgement(tag: 1, multiple: true)])
        let rest = window.settle([1000])
        #expect(rest.first?.multiple == true && (rest.first?.tag ?? 0) >= 1000)
        #expect(window.settle([200_000]) == [])
    }

    /// What was given back to the broker before it came here is no gap that anybody would close.
    @Test func tagsThatNeverCameAreNoGap() {
        var window = AckWindow()
        for tag in [UInt64(1), 2, 6, 7, 11] { window.deliver(tag) }
        #expect(window.settle([1]) == [Acknowledgement(tag: 1, multiple: true)])
        #expect(window.settle([6]) == [])
        #expect(window.settle([2]) == [Acknowledgement(tag: 6, multiple: true)])
        #expect(window.settle([11]) == [])
        #expect(window.settle([7]) == [Acknowledgement(tag: 11, multiple: true)])
    }
}

@Suite struct TagRangesTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func likeASet(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var ranges = TagRanges()
        var set: Set<UInt64> = []
        for _ in 0..<300 {
            let lower = UInt64.random(in: 1...400, using: &random)
            let upper = lower + UInt64.random(in: 0...3, using: &random)
            if Bool.random(using: &random) {
                ranges.insert(lower...upper)
                set.formUnion(lower...upper)
            } else if let end = ranges.removeRange(from: lower) {
                #expect(
                    !set.contains { $0 < lower } && (lower...end).allSatisfy(set.contains) && !set.contains(end + 1))
                set.subtract(lower...end)
            }
            #expect(ranges.ranges.flatMap(Array.init) == set.sorted())
            for (left, right) in zip(ranges.ranges, ranges.ranges.dropFirst()) {
                #expect(left.upperBound + 1 < right.lowerBound)
            }
            #expect(ranges.contains(lower) == set.contains(lower))
        }
    }
}
