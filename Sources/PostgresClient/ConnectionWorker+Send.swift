import CLibPQ

extension ConnectionWorker {
    /// Sends what may be sent now, oldest first.
    func sendPending() -> ConnectionEnd? {
        while let next = pending.first, !hasUnsentOutput, maySend(next) {
            _ = pending.popFirst()
            guard next.beginSending() else {
                // Cancelled while it waited.
                mailbox.noteAnswered(1, isInTransaction: isInTransaction)
                continue
            }
            let end: ConnectionEnd?
            switch next.work {
            case .transaction(let calls): end = send(calls, for: next)
            case .script(let sql): end = send(script: sql, for: next)
            }
            if let end = end ?? flush() { return end }
        }
        return nil
    }

    private func maySend(_ submission: Submission) -> Bool {
        switch submission.work {
        case .transaction:
            flights.count < PostgresLimits.maxPipelinedTransactions && !isPreparing && flights.first?.isScript != true
        case .script:
            // Leaving pipeline mode needs every result to have arrived.
            flights.isEmpty
        }
    }

    /// Puts a transaction into libpq's buffer: statements, and one Sync, which makes them one transaction.
    func send(_ calls: [EncodedCall], for submission: Submission?) -> ConnectionEnd? {
        var flight = InFlight(submission: submission, isScript: false)
        var isSent = PQpipelineStatus(connection) != PQ_PIPELINE_OFF || PQenterPipelineMode(connection) == 1
        for call in calls where isSent {
            isSent = send(call, in: &flight)
        }
        if isSent {
            // From here on the server may commit, even if libpq reports a failure.
            flight.isHandedOver = true
            isSent = PQpipelineSync(connection) == 1
        }
        isPreparing = flight.preparesStatements
        flights.append(flight)
        return isSent ? nil : brokenConnection()
    }

    private func send(script sql: String, for submission: Submission) -> ConnectionEnd? {
        var flight = InFlight(submission: submission, isScript: true)
        var isSent = PQpipelineStatus(connection) == PQ_PIPELINE_OFF || PQexitPipelineMode(connection) == 1
        if isSent {
            flight.isHandedOver = true
            isSent = PQsendQuery(connection, sql) == 1
        }
        flights.append(flight)
        return isSent ? nil : brokenConnection()
    }

    private func send(_ call: EncodedCall, in flight: inout InFlight) -> Bool {
        let resolution = prepared.resolve(call)
        if case .prepare(let serverName, let types) = resolution {
            flight.steps.append(.prepare(call.statement, serverName: serverName))
            let oids = types.map(\.rawValue)
            guard PQsendPrepare(connection, serverName, call.statement.sql, Int32(oids.count), oids) == 1 else {
                return false
            }
        }
        flight.steps.append(.execute(call.statement))
        let count = Int32(call.ranges.count)
        let lengths = call.ranges.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: Self.binary, count: call.ranges.count)
        return call.bytes.withUnsafeBufferPointer { buffer in
            let base = UnsafeRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
            let values = call.ranges.map { range in range.flatMap { base?.advanced(by: $0.lowerBound) } }
            switch resolution {
            case .prepared(let serverName), .prepare(let serverName, _):
                return PQsendQueryPrepared(connection, serverName, count, values, lengths, formats, Self.binary) == 1
            case .unprepared:
                let oids = call.types.map(\.rawValue)
                return PQsendQueryParams(
                    connection, call.statement.sql, count, oids, values, lengths, formats, Self.binary) == 1
            }
        }
    }

    /// libpq's name for the binary format.
    private static let binary: Int32 = 1

    /// Whether a BEGIN without its end was sent.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(connection)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }
}
