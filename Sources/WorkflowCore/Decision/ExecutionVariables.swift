import CEL
import PerdureJSON

/// What expressions see of an execution. Values are converted when an expression asks for them, not before.
struct ExecutionVariables: CELActivation {
    let state: ExecutionState

    func value(of name: String) -> CELValue? {
        switch name {
        case "input": return CELValue(state.input)
        case "metadata": return CELValue(state.metadata)
        case "execution":
            return CELValue([
                "id": .string(state.id.description),
                "workflow_id": .string(state.workflow.id),
                "version": .int(Int64(state.workflow.version)),
            ])
        case "steps":
            var steps = JSONObject()
            for step in state.steps where step.status.isTerminal {
                steps[step.name] = ["output": step.output ?? .null, "status": .string(step.status.rawValue)]
            }
            return CELValue(.object(steps))
        default: return nil
        }
    }
}
