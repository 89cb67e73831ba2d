import PerdureJSON
import TestSupport

@testable import WorkflowCore

/// A random workflow: steps in any order of listing, each with any of the steps that come before it in a hidden order as its needs.
struct RandomGraph {
    let definition: WorkflowDefinition

    init(maximumSteps: Int, using random: inout SplitMix) throws {
        let count = Int.random(in: 1...maximumSteps, using: &random)
        let order = Array(0..<count).shuffled(using: &random)
        var needs = [[Int]](repeating: [], count: count)
        for (position, step) in order.enumerated() where position > 0 {
            let degree = Int.random(in: 0...min(position, 4), using: &random)
            needs[step] = Array(order[..<position].shuffled(using: &random).prefix(degree))
        }
        var yaml = "workflow: random\nsteps:\n"
        for step in 0..<count {
            let sum = needs[step].map { "steps.s\($0).output.value" }.joined(separator: " + ")
            let names = needs[step].map { "s\($0)" }.joined(separator: ", ")
            let argument = sum.isEmpty ? "${ input.seed }" : "${ \(sum) }"
            yaml += "  s\(step):\n    agent: work\n    needs: [\(names)]\n    with: { sum: \"\(argument)\" }\n"
        }
        if random.isTrue(percent: 50) { yaml += "output: \"${ steps }\"\n" }
        definition = try load(yaml)
    }

    /// What the agent of these workflows gives: it depends on its arguments and its step, and on nothing else.
    static func answer(_ invocation: Invocation) -> JSONValue {
        let sum = invocation.arguments["sum"]?.intValue ?? -1
        return ["value": .int((sum * 31 + Int64(invocation.step)) % 1_000_003)]
    }
}
