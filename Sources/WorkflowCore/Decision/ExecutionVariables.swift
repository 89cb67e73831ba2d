import CEL
import PerdureJSON

/// What the expressions of one template see of an execution.
///
/// Values are converted once for a template and only where it reads them: an expression may ask for a variable as
/// often as a list has items.
struct ExecutionVariables: CELActivation {
    private let values: [String: CELValue]

    init(_ reads: ExpressionReads, of state: ExecutionState) {
        var values: [String: CELValue] = [:]
        for name in reads.variables {
            switch name {
            case "input": values[name] = CELValue(state.input)
            case "metadata": values[name] = CELValue(state.metadata)
            case "execution":
                values[name] = CELValue([
                    "id": .string(state.id.description),
                    "workflow_id": .string(state.workflow.id),
                    "version": .int(Int64(state.workflow.version)),
                ])
            case "steps": values[name] = Self.steps(reads.steps.lazy.map { state.steps[$0] })
            default: break
            }
        }
        self.values = values
    }

    func value(of name: String) -> CELValue? { values[name] }

    private static func steps(_ steps: some Sequence<StepState>) -> CELValue {
        .map(
            CELMap(
                fields: steps.map { step in
                    let fields = [
                        ("output", CELValue(step.output ?? .null)), ("status", CELValue.string(step.status.rawValue)),
                    ]
                    return (step.name, .map(CELMap(fields: fields)))
                }
            )
        )
    }
}
