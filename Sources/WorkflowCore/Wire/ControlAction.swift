import PerdureJSON

/// What can be asked of an execution that is under way.
///
/// Everything around it (the message, the inbox, the owner that applies it, the reply) is the same for all of them. What is
/// marked as internal no message can ask for: see `InternalControl`.
public enum ControlAction: Sendable, Equatable {
    /// Its end, for a reason that its callers are told.
    case cancel(reason: String?)
    /// To take note of something that happened outside.
    case signal(name: String, payload: JSONValue)
    /// To go on without a child that has ended: which one, of which attempt of which step, and about how many bytes its output
    /// has. Internal.
    case childEnded(ExecutionID, step: Int, attempt: Int, byteCount: Int)
    /// To start, now that it has its turn. Internal.
    case slotGranted
    /// To end, because it cannot have its turn and must not wait for it. Internal.
    case slotRefused

    /// The words that messages say it with.
    public static let names = ["cancel", "signal"]

    /// The word for the end of a child.
    public static let childEndedName = "child_ended"

    /// The word that messages say it with.
    public var name: String {
        switch self {
        case .cancel: "cancel"
        case .signal: "signal"
        case .childEnded: Self.childEndedName
        case .slotGranted: "slot_granted"
        case .slotRefused: "slot_refused"
        }
    }

    /// What a message says beside that word and the execution.
    public var parameters: JSONObject {
        switch self {
        case .cancel(let reason): reason.map { ["reason": .string($0)] } ?? [:]
        case .signal(let name, let payload): ["name": .string(name), "payload": payload]
        case .childEnded(let child, let step, let attempt, let byteCount):
            [
                "child": .string(child.description), "step": .int(Int64(step)), "attempt": .int(Int64(attempt)),
                "bytes": .int(Int64(byteCount)),
            ]
        case .slotGranted, .slotRefused: [:]
        }
    }

    /// What it is for the execution; nil for the end of a child of which nobody knows how it ended.
    ///
    /// - Parameter child: How the child ended that the message is about.
    public func arrival(of child: ExecutionResult? = nil) -> Arrival? {
        switch self {
        case .childEnded(_, let step, let attempt, _):
            child.map { .childEnded(step: step, attempt: attempt, $0) }
        case .cancel(let reason): .cancelRequested(reason: reason)
        case .signal(let name, let payload): .signalReceived(name: name, payload: payload)
        case .slotGranted: .slotGranted
        case .slotRefused: .slotRefused
        }
    }

    /// About how many bytes it adds to what the execution holds.
    public var approximateByteCount: Int {
        switch self {
        case .cancel, .slotGranted, .slotRefused: 0
        case .childEnded(_, _, _, let byteCount): byteCount
        case .signal(let name, let payload): name.utf8.count + payload.approximateByteCount
        }
    }

    /// The action that a message asks for.
    init(_ fields: MessageFields) throws(RequestRejection) {
        let name = fields["action"]?.stringValue
        switch name {
        case "cancel":
            try fields.allow(["action", "execution_id", "reason"])
            if let reason = fields["reason"], reason.stringValue == nil {
                throw fields.wrong("reason", expected: "text")
            }
            self = .cancel(reason: fields["reason"]?.stringValue)
        case "signal":
            try fields.allow(["action", "execution_id", "name", "payload"])
            guard let signal = fields["name"]?.stringValue,
                !signal.isEmpty, signal.utf8.count <= Limits.signalNameBytes
            else {
                throw fields.wrong("name", expected: "the signal's name, 1 to \(Limits.signalNameBytes) bytes of text")
            }
            let payload = fields.object["payload"] ?? .null
            let bytes = payload.jsonBytes.count
            guard bytes <= Limits.signalPayloadBytes else {
                throw RequestRejection(
                    .tooLarge,
                    "The field 'payload' has \(bytes) bytes and the limit is \(Limits.signalPayloadBytes); "
                        + "store the data elsewhere and send a reference.")
            }
            self = .signal(name: signal, payload: payload)
        default:
            let expected = "one of " + Self.names.joined(separator: ", ")
            let wrong = fields.wrong("action", expected: expected)
            guard let name else { throw wrong }
            throw RequestRejection(wrong.code, wrong.message + Suggestion.text(for: name, among: Self.names))
        }
    }

    /// The action that the inbox holds, or nil for one that only a newer version knows.
    public init?(name: String, parameters: JSONValue) {
        switch name {
        case "cancel": self = .cancel(reason: parameters["reason"]?.stringValue)
        case "signal":
            guard let signal = parameters["name"]?.stringValue else { return nil }
            self = .signal(name: signal, payload: parameters["payload"] ?? .null)
        case Self.childEndedName:
            guard let child = parameters["child"]?.stringValue.flatMap({ ExecutionID($0) }),
                let step = parameters["step"]?.intValue, let attempt = parameters["attempt"]?.intValue
            else { return nil }
            self = .childEnded(
                child, step: Int(step), attempt: Int(attempt), byteCount: Int(parameters["bytes"]?.intValue ?? 0))
        case "slot_granted": self = .slotGranted
        case "slot_refused": self = .slotRefused
        default: return nil
        }
    }
}
