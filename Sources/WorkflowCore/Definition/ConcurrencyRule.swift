import CEL
import PerdureJSON

/// How many executions of a workflow run at a time, and what becomes of a request past that.
public struct ConcurrencyRule: Sendable {
    /// What tells executions apart that have a limit each; nil when the workflow has one limit for all of them.
    let key: Template?
    /// What `key` reads.
    let reads: ExpressionReads
    /// Where a number of the input is whole by the workflow's schema.
    let inputIntegers: IntegerPlaces?
    /// How many of one key may run at a time.
    public let limit: Int
    /// What becomes of a request past that.
    public let onLimit: Policy

    /// What becomes of a request past the limit.
    public enum Policy: String, Sendable, CaseIterable {
        /// It is accepted, and starts when it has its turn.
        case queue
        /// It is refused.
        case reject
        /// It is accepted, and the oldest of those that run or wait are cancelled to make room for it.
        case cancelRunning = "cancel_running"
    }

    /// The key of an execution.
    ///
    /// - Throws: `RequestRejection` when it cannot be computed from what the execution is given, or is no short text.
    public func key(of state: ExecutionState) throws(RequestRejection) -> String {
        guard let key else { return "" }
        let value: JSONValue
        do {
            value = try key.evaluate(ExecutionVariables(reads, of: state, integersAt: inputIntegers))
        } catch {
            throw RequestRejection(
                .invalidInput,
                "The workflow's 'concurrency.key' could not be computed from the field 'input': \(error.message).")
        }
        let text: String
        switch value {
        case .string(let string): text = string
        case .int, .double, .bool: text = value.jsonText
        case .null, .array, .object:
            throw RequestRejection(
                .invalidInput,
                "The workflow's 'concurrency.key' is a text, a number or a boolean, and is \(value.kindName) for this "
                    + "'input'.")
        }
        let bytes = text.utf8.count
        guard bytes <= Limits.concurrencyKeyBytes else {
            throw RequestRejection(
                .invalidInput,
                "The workflow's 'concurrency.key' has \(bytes) bytes for this 'input' and the limit is "
                    + "\(Limits.concurrencyKeyBytes).")
        }
        guard !text.utf8.contains(0) else {
            throw RequestRejection(
                .invalidInput,
                "The workflow's 'concurrency.key' has U+0000 for this 'input', which the database cannot hold.")
        }
        return text
    }
}

extension JSONValue {
    /// What kind of value it is that cannot be a key.
    fileprivate var kindName: String {
        switch self {
        case .array: "a list"
        case .object: "a map"
        default: "null"
        }
    }
}
