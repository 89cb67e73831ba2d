import PerdureJSON

/// The answer to a request, as it goes to `reply_to` and as the command line prints it.
public enum ExecutionResult: Sendable, Equatable {
    /// The execution succeeded.
    case success(ExecutionID, output: JSONValue)
    /// The execution failed or was cancelled; `status` says which.
    case failure(ExecutionID, status: ExecutionStatus, WorkflowError)
    /// There is no execution: the request could not be used.
    case rejected(RequestRejection)

    /// The result of an execution that ended, or nil while it has not.
    public init?(_ state: ExecutionState) {
        self.init(id: state.id, status: state.status, output: state.output, error: state.error)
    }

    /// The result of an execution from what the tables hold, or nil while it has not ended.
    public init?(id: ExecutionID, status: ExecutionStatus, output: JSONValue?, error: WorkflowError?) {
        guard status.isTerminal else { return nil }
        if status == .success {
            self = .success(id, output: output ?? .null)
        } else {
            let missing = WorkflowError(code: .agentError, message: "The execution ended as \(status.rawValue).")
            self = .failure(id, status: status, error ?? missing)
        }
    }

    /// The body of the reply.
    public var json: JSONValue {
        switch self {
        case .success(let id, let output):
            ["status": "SUCCESS", "execution_id": .string(id.description), "output": output]
        case .failure(let id, let status, let error):
            ["status": .string(status.rawValue), "execution_id": .string(id.description), "error": error.json]
        case .rejected(let rejection):
            [
                "status": "REJECTED",
                "error": ["code": .string(rejection.code.rawValue), "message": .string(rejection.message)],
            ]
        }
    }

    /// The body of the reply as bytes.
    public var body: [UInt8] { json.jsonBytes }
}
