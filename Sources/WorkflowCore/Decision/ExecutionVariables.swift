import CEL
import PerdureJSON

/// What the expressions of one template see of an execution.
///
/// Values are converted once for a template and only where it reads them: an expression may ask for a variable as
/// often as a list has items.
struct ExecutionVariables: CELActivation {
    private let values: [String: CELValue]

    /// - Parameters:
    ///   - integers: Where the workflow's schema says that a number of the input is whole.
    ///   - bindings: The variables that belong to the place of the template alone.
    init(
        _ reads: ExpressionReads, of state: ExecutionState, integersAt integers: IntegerPlaces?,
        _ bindings: [(name: String, value: JSONValue)] = []
    ) {
        var values: [String: CELValue] = [:]
        for name in reads.variables {
            switch name {
            case "input": values[name] = CELValue(state.input, integersAt: integers)
            case "metadata": values[name] = CELValue(state.metadata)
            case "execution":
                values[name] = CELValue([
                    "id": .string(state.id.description),
                    "workflow_id": .string(state.workflow.id),
                    "version": .int(Int64(state.workflow.version)),
                ])
            case "steps":
                values[name] = Self.steps(reads.steps.lazy.map { state.steps[$0] }, withErrors: reads.includesErrors)
            default:
                if let value = bindings.first(where: { $0.name == name })?.value { values[name] = CELValue(value) }
            }
        }
        self.values = values
    }

    func value(of name: String) -> CELValue? { values[name] }

    private static func steps(_ steps: some Sequence<StepState>, withErrors: Bool) -> CELValue {
        .map(
            CELMap(
                fields: steps.map { step in
                    var fields = [
                        ("output", CELValue(step.output ?? .null)), ("status", CELValue.string(step.status.rawValue)),
                    ]
                    if withErrors { fields.append(("error", CELValue(step.error?.json ?? .null))) }
                    return (step.name, .map(CELMap(fields: fields)))
                }
            )
        )
    }
}
