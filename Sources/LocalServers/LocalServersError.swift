/// Why the private servers could not be started, stopped or asked.
///
/// Branch on `code`; `message` is for people and says what to do next.
public struct LocalServersError: Error, Sendable, CustomStringConvertible {
    /// A kind of failure; more may be added, so a `switch` needs a default.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The stable name of the kind.
        public let rawValue: String

        /// Makes a kind from its stable name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A program such as `initdb` or `rabbitmq-server` is not installed.
        public static let programMissing = Code(rawValue: "PROGRAM_MISSING")
        /// The directory cannot be created, written or reached by the user that runs the server.
        public static let directoryUnusable = Code(rawValue: "DIRECTORY_UNUSABLE")
        /// Another live process runs its servers in the directory.
        public static let directoryInUse = Code(rawValue: "DIRECTORY_IN_USE")
        /// The data in the directory was made by a version that is not installed.
        public static let dataIncompatible = Code(rawValue: "DATA_INCOMPATIBLE")
        /// A server ended while it was starting; the message quotes its log.
        public static let serverFailed = Code(rawValue: "SERVER_FAILED")
        /// A server did not answer within `startTimeout`; the message quotes its log.
        public static let startTimedOut = Code(rawValue: "START_TIMED_OUT")
        /// A fixed port is taken, or no free port was found.
        public static let portUnavailable = Code(rawValue: "PORT_UNAVAILABLE")
        /// A helper command ended with a failure; the message quotes its output.
        public static let commandFailed = Code(rawValue: "COMMAND_FAILED")
        /// The server asked for is not running, or was not wanted.
        public static let notRunning = Code(rawValue: "NOT_RUNNING")
        /// The calling task was cancelled while a server was starting.
        public static let cancelled = Code(rawValue: "CANCELLED")
        /// The operating system refused a call.
        public static let systemCall = Code(rawValue: "SYSTEM_CALL")
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and what to do, in one sentence, followed by quoted log lines where there are any.
    public let message: String
    /// The error that caused this one, if there is one.
    public let underlying: (any Error)?

    /// Whether the same call may succeed later without anything being changed by hand.
    public var isRetriable: Bool {
        [.directoryInUse, .startTimedOut, .portUnavailable, .cancelled].contains(code)
    }

    /// The message with its code.
    public var description: String { "\(code.rawValue): \(message)" }

    /// Makes an error.
    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }
}
