/// The bounds of this client, each with its reason.
public enum PostgresLimits {
    /// Parameters of one statement: the protocol counts them in 16 bits.
    public static let maxParameters = 65_535

    /// Encoded bytes of the parameters of one transaction. The server refuses a message of 1 GiB; a quarter of it
    /// leaves room for the copies that libpq makes, and no sensible batch comes near.
    public static let maxTransactionBytes = 256 * 1024 * 1024

    /// Statements in one transaction. All their results are kept until the last has arrived.
    public static let maxCallsPerTransaction = 1_000

    /// Transactions waiting for or travelling on one connection; beyond it `queueFull` is thrown, so that a slow
    /// database is felt by the callers instead of filling the memory.
    public static let maxQueuedTransactions = 10_000

    /// Transactions sent ahead of the answer to the first. They save round trips, but all of them have an unknown
    /// outcome when the connection breaks, and the server flushes its log for one at a time anyway.
    public static let maxPipelinedTransactions = 8

    /// Statements kept prepared on one connection; later ones are sent unprepared. Each costs the server some
    /// kilobytes, and a program has dozens, so more than this means that SQL text is being generated.
    public static let maxPreparedStatements = 256

    /// Bytes of a statement's name that go into its name on the server, which cuts names at 63 bytes.
    static let maxServerNameBytes = 48

    /// Stack of a connection's thread: name resolution and OpenSSL need tens of kilobytes, not the usual 8 MiB.
    static let threadStackBytes = 1024 * 1024
}
