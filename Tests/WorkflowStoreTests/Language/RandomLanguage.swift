import TestSupport
import WorkflowCore

/// A random workflow of up to so many steps that uses all that the language has: every kind of step, conditions, items,
/// failures that are continued or handled, compensations.
struct RandomLanguage {
    let definition: WorkflowDefinition
    /// The signals that its steps wait for.
    let signals: [String]

    /// - Parameter mayRace: Whether what a run gives may depend on the order in which things come.
    init(maximumSteps: Int, mayRace: Bool, seed: UInt64) throws {
        var text = RandomLanguageText(mayRace: mayRace, random: SplitMix(seed: seed))
        let yaml = text.yaml(maximumSteps: maximumSteps)
        definition = try WorkflowDefinition(yaml: yaml, file: "random.yaml", agents: ["work"])
        signals = text.signals
    }
}

/// Writes the YAML of a random workflow.
private struct RandomLanguageText {
    let mayRace: Bool
    var random: SplitMix
    var signals: [String] = []

    mutating func yaml(maximumSteps: Int) -> String {
        let count = Int.random(in: 1...maximumSteps, using: &random)
        var lines = ["workflow: random", "steps:"]
        var handlers: [Int: Int] = [:]
        var needs: [[Int]] = []
        for step in 0..<count {
            // A handler is listed right behind its step, and nothing else needs it by accident.
            if let handled = handlers[step] {
                needs.append([])
                lines += ["  s\(step):", "    agent: work", "    with: { of: \"${ steps.s\(handled).status }\" }"]
                continue
            }
            let degree = Int.random(in: 0...min(step, 3), using: &random)
            let own = Array((0..<step).shuffled(using: &random).prefix(degree)).sorted()
            needs.append(own)
            lines += ["  s\(step):", "    needs: [\(own.map { "s\($0)" }.joined(separator: ", "))]"]
            lines += work(step, needs: own)
            lines += condition(needs: own)
            if random.isTrue(percent: 15) {
                lines.append("    on_error: continue")
            } else if step + 1 < count, random.isTrue(percent: 10) {
                lines.append("    on_error: { handler: s\(step + 1) }")
                handlers[step + 1] = step
            }
            if mayRace, random.isTrue(percent: 25) {
                lines.append(
                    "    compensate: { agent: work, with: { undo: \"${ steps.s\(step).output }\" }, \(Self.retry) }")
            }
        }
        if mayRace, random.isTrue(percent: 50) {
            lines.append("on_failure: { agent: work, with: { why: \"${ error.code }\" }, \(Self.retry) }")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let retry = "retry: { max_attempts: 2, delay: 2s }"

    /// What the step gives from what it needs.
    private static func value(_ needs: [Int]) -> String {
        let parts = needs.map { "[steps.s\($0).output, steps.s\($0).status, steps.s\($0).error == null]" }
        return "[\(parts.joined(separator: ", "))]"
    }

    private mutating func work(_ step: Int, needs: [Int]) -> [String] {
        let value = Self.value(needs)
        switch random.next() % 20 {
        case 0..<9:
            return ["    agent: work", "    with: { of: \"${ \(value) }\" }"] + retry()
        case 9..<12:
            return ["    set: { of: \"${ \(value) }\" }"]
        case 12, 13:
            return [["    wait: 3s"], ["    wait: \"${ '5s' }\""], ["    wait: { until: 2020-01-01T00:00:00Z }"]]
                .randomElement(using: &random) ?? []
        case 14:
            signals.append("g\(step)")
            return mayRace && random.isTrue(percent: 50)
                ? ["    signal: { name: g\(step), timeout: 2s, on_timeout: continue }"] : ["    signal: g\(step)"]
        default:
            let count = [0, 1, 3, 7, 20].randomElement(using: &random) ?? 1
            var loop = "in: \"${ [\((0..<count).map(String.init).joined(separator: ", "))] }\", as: n"
            if random.isTrue(percent: 60) { loop += ", max_concurrency: \(Int.random(in: 1...5, using: &random))" }
            if random.isTrue(percent: 70) {
                loop += ", tolerate: \(["1", "3", "50%"].randomElement(using: &random) ?? "1")"
            }
            if mayRace, random.isTrue(percent: 30) { loop += ", min_success: 2" }
            let work =
                random.isTrue(percent: 70)
                ? ["    agent: work", "    with: { n: \"${ n }\", index: \"${ index }\", of: \"${ \(value) }\" }"]
                    + retry()
                : ["    set: \"${ [n, index] }\""]
            return ["    foreach: { \(loop) }"] + work
        }
    }

    private mutating func retry() -> [String] {
        random.isTrue(percent: 50) ? ["    \(Self.retry)"] : []
    }

    private mutating func condition(needs: [Int]) -> [String] {
        guard random.isTrue(percent: 20) else { return [] }
        guard let need = needs.first else { return ["    when: \(random.isTrue(percent: 80))"] }
        let conditions = [
            "steps.s\(need).status != 'SKIPPED'", "steps.s\(need).output != null", "true", "size('\(need)') == 1",
        ]
        return ["    when: \"${ \(conditions.randomElement(using: &random) ?? "true") }\""]
    }
}
