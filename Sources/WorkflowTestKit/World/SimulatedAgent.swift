import PerdureJSON
import TestSupport
import WorkflowCore

/// The agent of every simulated step: it takes its time, and it fails as it likes.
struct SimulatedAgent: Agent {
    let name = "work"
    let process: SimulatedProcess

    func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue {
        let world = process.world
        guard !process.isDead else { throw CancellationError() }
        world.counts.invocations += 1
        let number = world.counts.invocations
        world.log(
            "\(process.name) calls \(context.executionID) \(context.stepName) attempt \(context.attempt) as \(number)")
        world.checkCall(arguments, context)
        world.passPoint(process, "a call of an agent")
        var chance = world.chance.number(below: 100)
        // In the end agents do what they can, or nothing would.
        if world.isCalm && chance < 10 { chance = 10 }
        switch chance {
        case 0..<2:
            throw WorkflowError(code: .init(rawValue: "BROKEN"), message: "There is no use in trying again.")
        case 2..<5 where context.deadline != nil:
            // Nobody will ever know.
            try await process.sleep(microseconds: 3_600_000_000)
        case 5..<10:
            try await process.sleep(
                microseconds: world.chance.number(below: 4 * process.world.weather.leaseMicroseconds))
        default:
            try await process.sleep(microseconds: world.chance.number(below: world.weather.longestWork))
        }
        context.heartbeat()
        if chance >= 80 && !(world.isCalm && chance < 95) {
            throw WorkflowError(code: .init(rawValue: "FLAKY"), message: "It did not work this time.")
        }
        return ["invocation": .int(Int64(number)), "step": .string(context.stepName)]
    }
}
