import TestSupport
import Testing

@testable import WorkflowRuntime

@Suite struct FairQueueTests {
    private static func all(_ queue: FairQueue<String>) -> [String] {
        var (queue, result) = (queue, [String]())
        while let next = queue.popFirst() { result.append(next) }
        return result
    }

    @Test func workflowsGoRound() {
        var queue = FairQueue<String>()
        for name in ["a1", "a2", "a3", "b1", "c1", "b2", "a4"] {
            queue.append(name, workflow: String(name.prefix(1)), priority: 4)
        }
        #expect(Self.all(queue) == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"])
    }

    @Test func thePriorityCountsWithinAWorkflow() {
        var queue = FairQueue<String>()
        for (name, priority) in [("a1", 0), ("a2", 9), ("a3", 4), ("a4", 9), ("b1", 0), ("a5", 99), ("a6", -1)] {
            queue.append(name, workflow: String(name.prefix(1)), priority: priority)
        }
        #expect(Self.all(queue) == ["a2", "b1", "a4", "a5", "a3", "a1", "a6"])
    }

    /// Ten thousand of one workflow are before one of another, and hold it up by one.
    @Test func manyDoNotHoldUpOne() {
        var queue = FairQueue<Int>()
        for number in 0..<10_000 { queue.append(number, workflow: "many", priority: 9) }
        queue.append(-1, workflow: "one", priority: 0)
        #expect([queue.popFirst(), queue.popFirst(), queue.popFirst()] == [0, -1, 1])
    }

    @Test func whoMayNotHaveATurnKeepsTheirPlace() {
        var queue = FairQueue<String>()
        for name in ["a1", "b1", "a2", "b2"] { queue.append(name, workflow: String(name.prefix(1)), priority: 4) }
        #expect(queue.popFirst { $0 == "b" } == "b1")
        #expect(queue.contains { $0 == "b" } && !queue.contains { $0 == "c" })
        #expect(queue.popFirst { $0 == "c" } == nil)
        #expect(Self.all(queue) == ["a1", "b2", "a2"])
    }

    @Test func whatIsPutBackComesFirst() {
        var queue = FairQueue<String>()
        for name in ["a1", "b1", "a2"] { queue.append(name, workflow: String(name.prefix(1)), priority: 4) }
        queue.prepend("a0", workflow: "a", priority: 4)
        queue.prepend("c0", workflow: "c", priority: 4)
        #expect(Self.all(queue) == ["c0", "a0", "b1", "a1", "a2"])
    }

    /// Against lists that are searched from end to end.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func likeASimpleOne(seed: UInt64) {
        struct Item: Equatable { let number: Int, workflow: String, priority: Int }
        var random = SplitMix(seed: seed)
        var queue = FairQueue<Item>()
        var (items, turns) = ([Item](), [String]())
        for number in 0..<600 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let item = Item(
                    number: number, workflow: "w\(Int.random(in: 0..<4, using: &random))",
                    priority: Int.random(in: 0...9, using: &random))
                queue.append(item, workflow: item.workflow, priority: item.priority)
                items.append(item)
                if !turns.contains(item.workflow) { turns.append(item.workflow) }
            case 5:
                let divisor = Int.random(in: 2..<6, using: &random)
                queue.removeAll { $0.number % divisor == 0 }
                items.removeAll { $0.number % divisor == 0 }
                turns.removeAll { turn in !items.contains { $0.workflow == turn } }
            default:
                let barred = "w\(Int.random(in: 0..<8, using: &random))"
                let turn = turns.first { $0 != barred }
                let best = items.filter { $0.workflow == turn }.max {
                    ($0.priority, $1.number) < ($1.priority, $0.number)
                }
                #expect(queue.popFirst { $0 != barred } == best)
                items.removeAll { $0 == best }
                turns.removeAll { $0 == turn }
                if let turn, items.contains(where: { $0.workflow == turn }) { turns.append(turn) }
            }
            #expect(queue.count == items.count && queue.isEmpty == items.isEmpty)
        }
    }
}
