/// Why a text is no cron expression, and where.
public struct CronError: Error, Sendable, Hashable {
    /// One sentence: what is wrong and what to write.
    public let message: String
    /// Where in the text it is, counted in Unicode scalars from 0.
    public let offset: Int

    /// An error from its parts.
    public init(_ message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }
}
