/// The keys of log metadata, in OpenTelemetry's spelling where it has one.
public enum LogKey {
    /// The coordinator's name.
    public static let owner = "perdure.coordinator"
    /// An execution's id.
    public static let execution = "perdure.execution.id"
    /// A workflow's id.
    public static let workflow = "perdure.workflow.id"
    /// How many of something.
    public static let count = "perdure.count"
    /// What went wrong.
    public static let error = "error.message"
    /// A stable word for what went wrong.
    public static let errorType = "error.type"
    /// The queue or exchange.
    public static let destination = "messaging.destination.name"
    /// The message's own id.
    public static let messageID = "messaging.message.id"
    /// How long until the next try, in milliseconds.
    public static let delay = "perdure.retry.delay_ms"
}
