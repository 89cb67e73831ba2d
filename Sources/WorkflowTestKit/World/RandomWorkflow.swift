import Synchronization
import TestSupport
import WorkflowCore

/// Workflows of every shape: chains, fans, diamonds, with retries and timeouts, and with all that steps can be beside calls of
/// agents.
enum RandomWorkflow {
    /// How many there are; a definition takes long to load, so simulations share them.
    private static let count: UInt64 = 60

    private static let known = Mutex<[UInt64: WorkflowDefinition]>([:])

    /// One of them.
    static func any(_ random: inout SplitMix) -> WorkflowDefinition {
        let number = random.next() % count
        return known.withLock { known in
            if let definition = known[number] { return definition }
            let definition = make(number)
            known[number] = definition
            return definition
        }
    }

    /// The workflows that steps run: one that may fail, one with something to undo, one that would never end by itself, one that
    /// is over at once and never runs twice at a time, and two with children of their own.
    static let children: [WorkflowDefinition] = [
        "s1: { agent: work, retry: { max_attempts: 3, delay: 200ms, jitter: none } }",
        """
        s1: { agent: work, compensate: { agent: work } }
          s2: { agent: work, needs: [s1] }
        concurrency: { limit: 2 }
        """,
        "s1: { signal: never }",
        "s1: { set: { order: \"${ input.order }\" } }\nconcurrency: { limit: 1, on_limit: reject }",
        """
        s1: { workflow: c0, with: { order: "${ input.order }" }, retry: { max_attempts: 2, delay: 100ms } }
          s2: { workflow: c1, with: { order: "${ input.order }" }, on_error: continue }
        """,
        """
        s1:
            foreach: { in: [0, 1, 2], as: n, max_concurrency: 2, min_success: 2 }
            workflow: c0
            with: { order: "${ input.order }", n: "${ n }" }
        """,
    ].enumerated().map { number, steps in load("workflow: c\(number)\nsteps:\n  \(steps)\n", file: "c\(number)") }

    private static func make(_ number: UInt64) -> WorkflowDefinition { load(yaml(number), file: "w\(number)") }

    private static func load(_ text: String, file: String) -> WorkflowDefinition {
        do {
            return try WorkflowDefinition(yaml: text, file: file, agents: ["work"])
        } catch {
            preconditionFailure("The simulator wrote a definition that does not load: \(error)\n\(text)")
        }
    }

    private static func yaml(_ number: UInt64) -> String {
        var random = SplitMix(seed: number &+ 7_000)
        var lines = ["workflow: w\(number)", "steps:"]
        if random.isTrue(percent: 40) {
            // Each request has a number of its own.
            let key = random.choice(["", "key: \"${ input.order % 2 }\", "])
            let policy = random.choice(["queue", "queue", "reject", "cancel_running"])
            lines.insert(
                "concurrency: { \(key)limit: \(random.number(in: 1...2)), on_limit: \(policy) }", at: 1)
        }
        let isChain = random.isTrue(percent: 30)
        for step in 1...random.number(in: 1...6) {
            var needs = (1..<step).filter { _ in random.isTrue(percent: 35) }
            if isChain { needs = step > 1 ? [step - 1] : [] }
            lines.append("  s\(step):")
            if !needs.isEmpty { lines.append("    needs: [\(needs.map { "s\($0)" }.joined(separator: ", "))]") }
            lines += work(step, needs: needs, &random)
            if let need = needs.first, random.isTrue(percent: 15) {
                lines.append("    when: \"${ steps.s\(need).status != '\(random.choice(["SUCCESS", "SKIPPED"]))' }\"")
            }
            if random.isTrue(percent: 20) { lines.append("    on_error: continue") }
            if random.isTrue(percent: 20) {
                lines.append(
                    "    compensate: { agent: work, with: { order: \"${ input.order }\", s\(step): \"${ steps.s\(step).output }\" }"
                        + ", retry: { max_attempts: 3, delay: 500ms } }")
            }
        }
        if random.isTrue(percent: 20) {
            lines.append("on_failure: { agent: work, with: { order: \"${ input.order }\" } }")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func work(_ step: Int, needs: [Int], _ random: inout SplitMix) -> [String] {
        switch random.number(below: 100) {
        case 0..<8:
            return ["    set: { order: \"${ input.order }\" }"]
        case 8..<14:
            return ["    wait: \(random.choice(["20ms", "2s", "{ until: 2020-01-01T00:00:00Z }"]))"]
        case 14..<18:
            // Control messages bring two of these.
            let name = random.choice(["approved", "paid", "never"])
            return ["    signal: { name: \(name), timeout: \(random.choice(["1s", "4s"])), on_timeout: continue }"]
        case 18..<35:
            let items = (0..<random.number(in: 0...5)).map { "\($0)" }.joined(separator: ", ")
            let more = random.choice([
                "", ", max_concurrency: 1", ", tolerate: 50%", ", max_concurrency: 2, min_success: 2",
            ])
            return ["    foreach: { in: [\(items)], as: n\(more) }"] + call(step, needs: needs, isItem: true, &random)
        case 35..<52:
            return child(&random)
        default:
            return call(step, needs: needs, isItem: false, &random)
        }
    }

    private static func child(_ random: inout SplitMix) -> [String] {
        let number = random.number(below: Int64(children.count))
        var lines = ["    workflow: c\(number)"]
        if random.isTrue(percent: 30) {
            lines.append(
                "    foreach: { in: [0, 1, 2, 3], as: n, \(random.choice(["max_concurrency: 2", "tolerate: 2"])) }")
        }
        lines.append("    with: { order: \"${ input.order }\" }")
        if random.isTrue(percent: 50) { lines.append("    retry: { max_attempts: 2, delay: 500ms }") }
        // The third waits for what nobody sends.
        if number == 2 || random.isTrue(percent: 25) {
            lines.append("    timeout: { run: \(random.choice(["1s", "6s"])), total: 20s }")
        }
        return lines
    }

    private static func call(_ step: Int, needs: [Int], isItem: Bool, _ random: inout SplitMix) -> [String] {
        var lines = ["    agent: work"]
        if random.isTrue(percent: 25) { lines.append("    pure: true") }
        let inputs =
            ["order: \"${ input.order }\""] + needs.map { "s\($0): \"${ steps.s\($0).output }\"" }
            + (isItem ? ["n: \"${ n }\""] : [])
        lines.append("    with: { \(inputs.joined(separator: ", ")) }")
        if random.isTrue(percent: 70) {
            let delay = random.choice(["1ms", "10ms", "500ms", "3s"])
            let backoff = random.choice(["constant", "linear", "exponential"])
            let jitter = random.choice(["none", "full", "equal"])
            lines.append(
                "    retry: { max_attempts: \(random.number(in: 2...6)), delay: \(delay), max_delay: 5s, "
                    + "backoff: \(backoff), jitter: \(jitter), except: [BROKEN] }")
        }
        let timeouts = ["run: 4s", "heartbeat: 6s", "total: 30s"].filter { _ in random.isTrue(percent: 25) }
        if !timeouts.isEmpty { lines.append("    timeout: { \(timeouts.joined(separator: ", ")) }") }
        return lines
    }
}
