import CEL
import PerdureJSON

/// What expressions see and give, and what is recorded.
extension Execution {
    /// The variables that a step's or an instance's expressions have beside the standard ones.
    func bindings(of step: Int) -> [(name: String, value: JSONValue)] {
        switch state.steps[step].origin {
        case .definition: return []
        case .item(let parent, let number):
            guard let loop = definition.steps[parent].loop, case .array(let items)? = state.steps[parent].input,
                items.indices.contains(number)
            else { return [] }
            return [(loop.variable, items[number]), ("index", .int(Int64(number)))]
        case .compensation(let undone):
            return bindings(of: undone) + [errorBinding]
        case .failureHandler:
            return [errorBinding]
        }
    }

    /// What the execution is about to fail with, its `step` null where it happened in none.
    private var errorBinding: (name: String, value: JSONValue) {
        guard let error = state.ending?.error else { return ("error", .null) }
        let step: JSONValue = error.step.map { .string($0) } ?? .null
        return ("error", ["code": .string(error.code.rawValue), "message": .string(error.message), "step": step])
    }

    /// Fills a template in and makes sure that the journal can hold the result.
    func compute(
        _ template: Template, _ reads: ExpressionReads, _ bindings: [(name: String, value: JSONValue)],
        tooLarge: WorkflowError.Code, _ what: String
    ) -> Result<JSONValue, WorkflowError> {
        let value: JSONValue
        do {
            value = try template.evaluate(
                ExecutionVariables(reads, of: state, integersAt: definition.inputIntegers, bindings))
        } catch {
            return .failure(
                WorkflowError(code: .expressionError, message: "\(what) could not be computed: \(error.message)"))
        }
        guard let problem = value.storageProblem else { return .success(value) }
        return .failure(WorkflowError(code: tooLarge, message: "\(what) cannot be kept: it \(problem)."))
    }

    /// Adds an event: the next number, a time later than the last one's, the payload encoded.
    mutating func record(
        _ type: EventType, step: Int? = nil, now: Timestamp, _ decision: inout Decision,
        fields: [(key: String, value: JSONValue)]
    ) {
        state.sequence += 1
        state.lastEventAt = max(now, state.lastEventAt.advanced(byMicroseconds: 1))
        let payload = EventPayload.encode(
            type: type, state: state, step: step.map { state.steps[$0] }, fields: fields
        )
        decision.events.append(
            JournalEvent(sequence: state.sequence, type: type, timestamp: state.lastEventAt, payload: payload)
        )
    }
}
