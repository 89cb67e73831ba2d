import CLibPQ
import Glibc

/// The one home of a `PGconn`: made, used and released on its thread, never passed on.
///
/// Sleeps in `poll(2)` on the socket and the mailbox. Works in libpq's pipeline mode, which it leaves only for
/// scripts, and in nonblocking mode, so that it reads while it writes and neither side can block the other
/// (PostgreSQL 15 manual, section 34.5).
final class ConnectionWorker {
    /// What libpq's notice callback leaves behind: why the server ended an idle connection.
    final class NoticeBox {
        var fatal: (reason: String, sqlState: PostgresSQLState?)?
    }

    let configuration: PostgresConfiguration
    let mailbox: ConnectionMailbox
    let notices = NoticeBox()
    var connection: OpaquePointer?
    var prepared = PreparedStatements()
    /// Taken from the mailbox and not sent.
    var pending = FIFOQueue<Submission>()
    /// Sent, oldest first; at most ``PostgresLimits/maxPipelinedTransactions``.
    var flights: [InFlight] = []
    /// The last flight prepares statements. Nothing is sent behind it: were it to fail half-way, the next transaction
    /// would miss statements through no fault of its own.
    var isPreparing = false
    var hasUnsentOutput = false
    /// How the connection's own last transaction ended.
    var ownOutcome: Submission.Outcome?

    init(_ configuration: PostgresConfiguration, _ mailbox: ConnectionMailbox) {
        self.configuration = configuration
        self.mailbox = mailbox
    }

    /// Connects, serves, releases. Returns when the connection is gone.
    func run() {
        if let error = connect() {
            release()
            fail(mailbox.becomeClosed(error), error)
            mailbox.opened.set(.failure(error))
            return
        }
        guard mailbox.becomeOpen() else {
            mailbox.opened.set(.failure(.closed("connection")))
            return end(.closedByOwner)
        }
        mailbox.opened.set(.success(()))
        end(serve())
    }

    /// Works until the connection ends and returns why.
    private func serve() -> ConnectionEnd {
        while true {
            if mailbox.isCloseRequested { return .closedByOwner }
            pending.append(contentsOf: mailbox.takeArrived())
            if let end = sendPending() { return end }
            let events = wait(forOutput: hasUnsentOutput)
            if events.isWoken { mailbox.wakeup.reset() }
            guard events.isReady else { continue }
            if let end = flush() { return end }
            let isAlive = consumeInput()
            if let end = collectResults() { return end }
            if !isAlive { return brokenConnection() }
        }
    }

    /// Sleeps until the socket is ready, the mailbox has something, or the time is over.
    func wait(
        forInput: Bool = true, forOutput: Bool, timeoutMilliseconds: Int32 = -1
    ) -> (isReady: Bool, isWoken: Bool) {
        let socket = PQsocket(connection)
        // poll(2) ignores a negative descriptor, which would be an endless sleep.
        if socket < 0 { return (isReady: true, isWoken: false) }
        let events = (forInput ? POLLIN : 0) | (forOutput ? POLLOUT : 0)
        var descriptors = [
            pollfd(fd: socket, events: Int16(events), revents: 0),
            pollfd(fd: mailbox.wakeup.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let ready = poll(&descriptors, nfds_t(descriptors.count), timeoutMilliseconds)
        guard ready > 0 else { return (isReady: false, isWoken: false) }
        return (isReady: descriptors[0].revents != 0, isWoken: descriptors[1].revents != 0)
    }

    /// Writes what the socket takes now.
    func flush() -> ConnectionEnd? {
        let status = PQflush(connection)
        hasUnsentOutput = status == 1
        return status < 0 ? brokenConnection() : nil
    }

    /// Reads what has arrived; false when the connection is broken. What came before the break can still be parsed.
    func consumeInput() -> Bool {
        repeat {
            if PQconsumeInput(connection) == 0 { return false }
            // Bytes that OpenSSL has decrypted already do not make the socket readable.
        } while TLSBuffer.hasPending(connection)
        return true
    }

    /// The end of a connection that libpq found broken, in the server's words if it said goodbye.
    func brokenConnection() -> ConnectionEnd {
        if let fatal = notices.fatal { return .lost(reason: fatal.reason, sqlState: fatal.sqlState) }
        let report = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        return .lost(reason: LibPQText.line(report.isEmpty ? "no reason given" : report), sqlState: nil)
    }

    /// Releases everything and tells all who wait.
    private func end(_ end: ConnectionEnd) {
        let refusal = end.error(endpoint: configuration.endpoint)
        let arrived = mailbox.becomeClosed(refusal)
        release()
        if case .closedByOwner = end {} else { mailbox.onLost(refusal) }
        for flight in flights {
            // A reported error is final for a transaction; a script may have committed parts before it.
            let isOutcomeUnknown = flight.isHandedOver && (flight.isScript || flight.failure == nil)
            let loss = end.error(
                endpoint: configuration.endpoint, statementName: flight.statementName,
                isOutcomeUnknown: isOutcomeUnknown)
            flight.submission?.finish(.failure(isOutcomeUnknown ? loss : flight.failure ?? loss))
        }
        flights = []
        fail(pending.removeAll() + arrived, refusal)
    }

    private func fail(_ submissions: [Submission], _ error: PostgresError) {
        for submission in submissions { submission.finish(.failure(error)) }
    }

    private func release() {
        PQfinish(connection)
        connection = nil
    }
}
