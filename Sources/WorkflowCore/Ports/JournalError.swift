/// Why the journal did not do what it was asked.
public struct JournalError: Error, Sendable {
    /// What kind of failure it is.
    public enum Code: Sendable, Equatable {
        /// These executions are owned by another coordinator now; drop them and commit the rest again.
        case leasesLost([ExecutionID])
        /// The coordinator was taken for dead; everything it held belongs to others now.
        case writerLost
        /// A request of the batch was accepted by another coordinator in the meantime; look the keys up again.
        case alreadyAccepted
        /// These executions start with the batch, and their workflows have no slot for them; let them wait for their turn or
        /// refuse their requests, and commit the rest again.
        case slotsTaken([ExecutionID])
        /// The database refuses the data itself; trying again does not help.
        case refused
        /// The task was cancelled while the database was away.
        case cancelled
        /// The tables are not there or not of this version; run `perdure migrate`.
        case schemaMissing
    }

    /// What kind of failure it is.
    public let code: Code
    /// One sentence for the reader.
    public let message: String

    /// An error from its parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
