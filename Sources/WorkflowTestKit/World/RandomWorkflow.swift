import Synchronization
import TestSupport
import WorkflowCore

/// Workflows of every shape: chains, fans, diamonds, with retries and timeouts.
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

    private static func make(_ number: UInt64) -> WorkflowDefinition {
        let text = yaml(number)
        do {
            return try WorkflowDefinition(yaml: text, file: "w\(number)", agents: ["work"])
        } catch {
            preconditionFailure("The simulator wrote a definition that does not load: \(error)\n\(text)")
        }
    }

    private static func yaml(_ number: UInt64) -> String {
        var random = SplitMix(seed: number &+ 7_000)
        var lines = ["workflow: w\(number)", "steps:"]
        let isChain = random.isTrue(percent: 30)
        for step in 1...random.number(in: 1...6) {
            lines += ["  s\(step):", "    agent: work"]
            if random.isTrue(percent: 25) { lines.append("    pure: true") }
            var needs = (1..<step).filter { _ in random.isTrue(percent: 35) }
            if isChain { needs = step > 1 ? [step - 1] : [] }
            if !needs.isEmpty { lines.append("    needs: [\(needs.map { "s\($0)" }.joined(separator: ", "))]") }
            let inputs = ["order: \"${ input.order }\""] + needs.map { "s\($0): \"${ steps.s\($0).output }\"" }
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
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
