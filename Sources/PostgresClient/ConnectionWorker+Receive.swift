import CLibPQ

extension ConnectionWorker {
    /// Hands out every result that is complete.
    ///
    /// In pipeline mode libpq gives, for each statement, one result and then nil; after the last statement a result
    /// of its own for the Sync, with no nil behind it. A script gives one result per statement and one nil at the end.
    func collectResults() -> ConnectionEnd? {
        var consecutiveNils = 0
        while let flight = flights.first {
            if PQisBusy(connection) == 1 { return nil }
            if let result = PQgetResult(connection) {
                defer { PQclear(result) }
                consecutiveNils = 0
                if let end = take(result) { return end }
            } else if flight.isScript {
                finishFirst()
            } else {
                consecutiveNils += 1
                if consecutiveNils > 2 { return .violation(reason: "results are missing") }
            }
        }
        // Lets libpq read what the server says unasked.
        _ = PQisBusy(connection)
        takeNotifications()
        return nil
    }

    /// Passes on what other sessions said. They would pile up otherwise, even where nobody listens.
    private func takeNotifications() {
        while let notification = PQnotifies(connection) {
            defer { PQfreemem(notification) }
            mailbox.listener.onNotification(
                PostgresNotification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra)))
        }
    }

    private func take(_ result: OpaquePointer) -> ConnectionEnd? {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            if flights[0].isScript {
                flights[0].texts.append(PostgresTextResult(copying: result))
            } else {
                guard let step = flights[0].currentStep else { return .violation(reason: "too many results") }
                if case .execute = step {
                    flights[0].results.append(PostgresResult(storage: ResultStorage(copying: result)))
                }
                flights[0].position += 1
            }
            return nil
        case PGRES_FATAL_ERROR:
            return takeError(result)
        case PGRES_PIPELINE_ABORTED:
            takeBackPreparation()
            flights[0].position += 1
            return nil
        case PGRES_PIPELINE_SYNC:
            finishFirst()
            return nil
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            return .violation(reason: "COPY is not supported here, use INSERT or SELECT")
        default:
            return .violation(reason: "unknown result status \(PQresultStatus(result).rawValue)")
        }
    }

    private func takeError(_ result: OpaquePointer) -> ConnectionEnd? {
        if PostgresError.endsConnection(result) || PQstatus(connection) == CONNECTION_BAD {
            let report = PostgresError(result: result, statementName: nil)
            return .lost(reason: report.message, sqlState: report.sqlState)
        }
        let error = PostgresError(result: result, statementName: flights[0].statementName)
        takeBackPreparation()
        if case .execute(let statement) = flights[0].currentStep {
            switch error.sqlState {
            case .invalidStatementName: prepared.forget(statement, isGone: true)
            case .featureNotSupported: prepared.forget(statement, isGone: false)
            default: break
            }
        }
        if flights[0].failure == nil { flights[0].failure = error }
        flights[0].position += 1
        return nil
    }

    /// The statement that was to be prepared now was not.
    private func takeBackPreparation() {
        if case .prepare(let statement, let serverName) = flights[0].currentStep {
            prepared.undo(serverName, of: statement)
        }
    }

    private func finishFirst() {
        let flight = flights.removeFirst()
        // Nothing is sent behind a flight that prepares, so it was the only one.
        if flight.preparesStatements { isPreparing = false }
        guard let submission = flight.submission else {
            ownOutcome = flight.outcome
            return
        }
        mailbox.noteAnswered(1, isInTransaction: isInTransaction)
        submission.finish(flight.outcome)
    }
}
