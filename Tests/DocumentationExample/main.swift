import PerdureCommand
import PerdureJSON
import WorkflowCore

struct Shout: Agent {
    let name = "shout"

    func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue {
        ["text": .string((arguments["text"]?.stringValue ?? "").uppercased())]
    }
}

await PerdureProgram.main(agents: [Shout()])
