import WorkflowCore

extension BrokerRequestIntake {
    /// Which queue it is, with what is particular to it.
    public enum Source: Sendable {
        /// Execution requests.
        case requests
        /// Control messages.
        case control

        func queue(_ topology: Topology) -> String {
            switch self {
            case .requests: topology.requests
            case .control: topology.control
            }
        }

        /// What it declares, so that two of them do not warn of the same.
        var part: Topology.Part {
            switch self {
            case .requests: .work
            case .control: .control
            }
        }

        /// What its connection is called.
        var role: String {
            switch self {
            case .requests: "requests"
            case .control: "control"
            }
        }

        /// How large a message may be.
        var messageBytes: Int {
            switch self {
            case .requests: Limits.requestBytes
            case .control: Limits.controlBytes
            }
        }

        /// What a message is called.
        var noun: String {
            switch self {
            case .requests: "a request"
            case .control: "a control message"
            }
        }
    }
}
