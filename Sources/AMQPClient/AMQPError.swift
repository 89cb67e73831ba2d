/// What went wrong between this process and the broker.
///
/// Branch on ``code`` (and ``replyCode``), never on ``message``: the message is for people and may change.
public struct AMQPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of an error. Extensible: later versions may add codes, so always have a default branch.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The stable spelling of the code, for logs and metrics.
        public let name: String

        /// Creates a code; two codes are equal when their names are.
        public init(_ name: String) {
            self.name = name
        }

        /// The name.
        public var description: String { name }

        /// No connection could be made: address, port, TLS or handshake.
        public static let connectionFailed = Code("connectionFailed")
        /// The broker refused the user or the password.
        public static let authenticationFailed = Code("authenticationFailed")
        /// An open connection broke.
        public static let connectionLost = Code("connectionLost")
        /// The broker has been silent for two heartbeats.
        public static let heartbeatTimeout = Code("heartbeatTimeout")
        /// The broker closed the channel for a reason without a code of its own here.
        public static let channelClosed = Code("channelClosed")
        /// The broker closed the connection.
        public static let connectionClosed = Code("connectionClosed")
        /// A queue, exchange or virtual host does not exist (404).
        public static let notFound = Code("notFound")
        /// The user lacks the permission (403).
        public static let accessRefused = Code("accessRefused")
        /// The request contradicts what exists (406).
        public static let preconditionFailed = Code("preconditionFailed")
        /// An exclusive queue belongs to another connection (405).
        public static let resourceLocked = Code("resourceLocked")
        /// The broker does not allow it: unknown virtual host, connection limit (530).
        public static let notAllowed = Code("notAllowed")
        /// The broker did not answer in time.
        public static let timeout = Code("timeout")
        /// This side has closed the connection, publisher or subscription.
        public static let closed = Code("closed")
        /// The waiting task was cancelled.
        public static let cancelled = Code("cancelled")
        /// A setting is wrong.
        public static let invalidConfiguration = Code("invalidConfiguration")
        /// A message or argument cannot be expressed in AMQP 0.9.1.
        public static let invalidMessage = Code("invalidMessage")
        /// The `setup` closure of a subscription threw an error of its own.
        public static let setupFailed = Code("setupFailed")
        /// The other side does not speak AMQP 0.9.1 as expected.
        public static let protocolError = Code("protocolError")
        /// The system refused memory, a thread or a descriptor.
        public static let systemError = Code("systemError")
    }

    /// The kind of the error.
    public var code: Code
    /// The AMQP reply code (404, 406, …) where the broker gave one.
    public var replyCode: Int?
    /// One sentence that says what happened and what to do, naming `host:port`.
    public var message: String
    /// The description of the error beneath, if there is one.
    public var underlying: String?

    /// Creates an error.
    public init(code: Code, replyCode: Int? = nil, message: String, underlying: String? = nil) {
        self.code = code
        self.replyCode = replyCode
        self.message = message
        self.underlying = underlying
    }

    /// Whether the same call may succeed later with nothing changed by an operator.
    public var isRetriable: Bool {
        switch code {
        case .connectionFailed, .connectionLost, .heartbeatTimeout, .connectionClosed, .timeout, .resourceLocked,
            .systemError, .channelClosed:
            true
        default:
            false
        }
    }

    /// Code, reply code and message in one line.
    public var description: String {
        let reply = replyCode.map { " \($0)" } ?? ""
        let cause = underlying.map { " (\($0))" } ?? ""
        return "\(code.name)\(reply): \(message)\(cause)"
    }
}
