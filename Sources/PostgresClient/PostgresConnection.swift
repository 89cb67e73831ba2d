/// One connection, from the moment it is made until it breaks or is closed. Does not reconnect.
///
/// A thread of its own owns libpq's handle, so nothing here blocks Swift's thread pool. Any number of tasks may use
/// it: their transactions are sent in the order of the calls, several at a time. A script that says BEGIN without
/// COMMIT leaves the connection in a transaction that others then take part in: use such scripts only on a connection
/// of your own.
public final class PostgresConnection: PostgresExecutor {
    private let mailbox: ConnectionMailbox

    /// Connects, authenticates and applies the session settings.
    ///
    /// - Parameters:
    ///   - configuration: where and how.
    ///   - listener: the channels to listen to, and who is told.
    ///   - onLost: called once, from the connection's thread, when an open connection breaks; not when it is closed.
    /// - Throws: `connectionFailed` naming host and port, or `cancelled`.
    public static func connect(
        _ configuration: PostgresConfiguration, listener: PostgresListener = .none,
        onLost: @escaping @Sendable (PostgresError) -> Void = { _ in }
    ) async throws(PostgresError) -> PostgresConnection {
        let mailbox = try ConnectionMailbox(listener: listener, onLost: onLost)
        try ConnectionThread.start(configuration, mailbox)
        let connection = PostgresConnection(mailbox)
        let opened = await withTaskCancellationHandler {
            await mailbox.opened.wait()
        } onCancel: {
            // The thread may sit in name resolution: do not wait for it.
            mailbox.opened.set(.failure(.cancelled(afterSending: false)))
            mailbox.requestClose()
        }
        try opened.get()
        if Task.isCancelled { throw .cancelled(afterSending: false) }
        return connection
    }

    private init(_ mailbox: ConnectionMailbox) {
        self.mailbox = mailbox
    }

    deinit {
        mailbox.requestClose()
    }

    /// Whether it can be used. A silent network failure shows only at the next use or by TCP keepalives.
    public var isOpen: Bool { mailbox.phase == .open }

    /// Whether a script left a transaction open.
    public var isInTransaction: Bool { mailbox.isInTransaction }

    /// Runs all calls as one transaction in one round trip.
    ///
    /// - Throws: see ``PostgresExecutor/transaction(_:)``.
    public func transaction(_ calls: [PostgresCall]) async throws(PostgresError) -> [PostgresResult] {
        if calls.isEmpty { return [] }
        let submission = Submission(.transaction(try EncodedCall.encode(calls)))
        let mailbox = mailbox
        guard case .transaction(let results) = try await submission.answer({ mailbox.submit($0) }).get() else {
            return []
        }
        return results
    }

    /// Runs SQL text without parameters.
    ///
    /// - Throws: see ``PostgresExecutor/execute(script:)``.
    @discardableResult
    public func execute(script: String) async throws(PostgresError) -> [PostgresTextResult] {
        guard !script.utf8.contains(0) else {
            throw PostgresError(code: .invalidStatement, message: "the script has a zero byte, remove it")
        }
        let submission = Submission(.script(script))
        let mailbox = mailbox
        guard case .script(let results) = try await submission.answer({ mailbox.submit($0) }).get() else {
            return []
        }
        return results
    }

    /// Ends the connection at once and waits until its thread has released it. Whoever still waits gets `closed`.
    /// May be called again.
    public func close() async {
        mailbox.requestClose()
        await mailbox.terminated.wait()
    }
}
