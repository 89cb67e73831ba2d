import PerdureJSON

/// What became of a control message, as its sender is told.
public enum ControlOutcome: Sendable, Equatable {
    /// It was done, in the same transaction as this was recorded. The execution's events up to `sequence` show what
    /// came of it.
    case applied(ExecutionID, action: String, sequence: Int64)
    /// It was not done.
    case refused(code: String, message: String)

    /// That it was refused.
    public init(_ rejection: RequestRejection) {
        self = .refused(code: rejection.code.rawValue, message: rejection.message)
    }

    /// The outcome that `json` tells of, or nil when that has another shape.
    public init?(json: JSONValue) {
        if let code = json["error"]?["code"]?.stringValue, let message = json["error"]?["message"]?.stringValue {
            self = .refused(code: code, message: message)
        } else if let id = json["execution_id"]?.stringValue.flatMap({ ExecutionID($0) }),
            let action = json["action"]?.stringValue, let sequence = json["sequence"]?.intValue
        {
            self = .applied(id, action: action, sequence: sequence)
        } else {
            return nil
        }
    }

    /// Whether it was not done.
    public var isRefusal: Bool {
        if case .refused = self { true } else { false }
    }

    /// The body of the reply. A refusal looks like that of a request.
    public var json: JSONValue {
        switch self {
        case .applied(let id, let action, let sequence):
            [
                "status": "APPLIED", "execution_id": .string(id.description), "action": .string(action),
                "sequence": .int(sequence),
            ]
        case .refused(let code, let message):
            ["status": "REJECTED", "error": ["code": .string(code), "message": .string(message)]]
        }
    }
}
