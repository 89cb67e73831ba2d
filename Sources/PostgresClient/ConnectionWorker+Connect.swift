import CLibPQ
import Glibc

extension ConnectionWorker {
    /// Connects, authenticates and applies the settings within the timeout. Name resolution blocks this thread for
    /// as long as the resolver takes.
    func connect() -> PostgresError? {
        let deadline = ContinuousClock.now + configuration.connectTimeout
        startConnecting()
        guard let connection, PQstatus(connection) != CONNECTION_BAD else { return connectError() }
        // Verbose errors are the only way to learn the SQLSTATE of a refused connection.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        PQsetNoticeReceiver(connection, Self.receiveNotice, Unmanaged.passUnretained(notices).toOpaque())
        if let error = finishConnecting(by: deadline) { return error }
        PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
        PQsetnonblocking(connection, 1)
        return applySettings(by: deadline)
    }

    private func startConnecting() {
        let parameters = configuration.parameters
        let texts = parameters.flatMap { [strdup($0.keyword), strdup($0.value)] }
        defer { for text in texts { free(text) } }
        var keywords: [UnsafePointer<CChar>?] = []
        var values: [UnsafePointer<CChar>?] = []
        for index in parameters.indices {
            keywords.append(texts[2 * index].map { UnsafePointer($0) })
            values.append(texts[2 * index + 1].map { UnsafePointer($0) })
        }
        keywords.append(nil)
        values.append(nil)
        connection = PQconnectStartParams(keywords, values, 0)
    }

    private func finishConnecting(by deadline: ContinuousClock.Instant) -> PostgresError? {
        // libpq wants the first wait to be for output.
        var next = PGRES_POLLING_WRITING
        while true {
            if mailbox.isCloseRequested { return .closed("connection") }
            guard let timeout = Self.milliseconds(until: deadline) else { return timeoutError("connecting") }
            let wantsOutput = next == PGRES_POLLING_WRITING
            let events = wait(forInput: !wantsOutput, forOutput: wantsOutput, timeoutMilliseconds: timeout)
            if events.isWoken { mailbox.wakeup.reset() }
            guard events.isReady else { continue }
            next = PQconnectPoll(connection)
            switch next {
            case PGRES_POLLING_OK: return nil
            case PGRES_POLLING_FAILED: return connectError()
            default: break
            }
        }
    }

    /// All settings travel in one transaction, with the channels to listen to.
    private func applySettings(by deadline: ContinuousClock.Instant) -> PostgresError? {
        if configuration.sessionSettings.isEmpty && mailbox.listener.channels.isEmpty { return nil }
        let statement = PostgresStatement(
            name: "apply session settings", sql: "SELECT pg_catalog.set_config($1, $2, false)")
        do throws(PostgresError) {
            let settings = configuration.sessionSettings.map { setting in
                PostgresCall(statement, [.text(setting.name), .text(setting.value)])
            }
            let calls = settings + mailbox.listener.statements.map { PostgresCall($0) }
            if let end = send(try EncodedCall.encode(calls), for: nil) ?? flush() { throw connectError(end) }
            while ownOutcome == nil {
                if mailbox.isCloseRequested { throw .closed("connection") }
                guard let timeout = Self.milliseconds(until: deadline) else {
                    throw timeoutError("applying the session settings")
                }
                let events = wait(forOutput: hasUnsentOutput, timeoutMilliseconds: timeout)
                if events.isWoken { mailbox.wakeup.reset() }
                guard events.isReady else { continue }
                if let end = flush() { throw connectError(end) }
                let isAlive = consumeInput()
                if let end = collectResults() ?? (isAlive ? nil : brokenConnection()) { throw connectError(end) }
            }
            if case .failure(var error) = ownOutcome {
                error.code = .connectionFailed
                error.message =
                    "cannot set up a connection to PostgreSQL at \(configuration.endpoint):"
                    + " \(error.message); correct the session settings"
                throw error
            }
            return nil
        } catch {
            flights = []
            return error
        }
    }

    private func connectError() -> PostgresError {
        let report = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        return .connectFailed(report.isEmpty ? "out of memory" : report, to: configuration)
    }

    private func connectError(_ end: ConnectionEnd) -> PostgresError {
        var error = end.error(endpoint: configuration.endpoint)
        error.code = .connectionFailed
        return error
    }

    private func timeoutError(_ activity: String) -> PostgresError {
        PostgresError(
            code: .connectionFailed,
            message: "cannot connect to PostgreSQL at \(configuration.endpoint): no answer within"
                + " \(configuration.connectTimeout) while \(activity); check the address and the network")
    }

    /// The time left, at least a millisecond; nil when it is over.
    private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32? {
        let remaining = ContinuousClock.now.duration(to: deadline)
        if remaining <= .zero { return nil }
        return Int32(clamping: Int64((remaining / .milliseconds(1)).rounded(.up)))
    }

    /// Called by libpq on this thread for notices, which are dropped, and for errors outside of any statement: there
    /// the server says why it is about to close the connection.
    private static let receiveNotice: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = {
        argument, result in
        guard let argument, PostgresError.endsConnection(result) else { return }
        let report = PostgresError(result: result, statementName: nil)
        Unmanaged<ConnectionWorker.NoticeBox>.fromOpaque(argument).takeUnretainedValue().fatal = (
            reason: report.message, sqlState: report.sqlState
        )
    }
}
