import FoundationEssentials
import Logging
import PerdureJSON
import PostgresClient
import WorkflowCore

extension PostgresJournal {
    /// Renews a coordinator's writers and what is due of its executions, in one statement.
    public func tick(
        publisher: String, lease: Duration, due: [LeaseRenewal]
    ) async throws(JournalError) -> LeaseReport {
        let results = try await run(
            [
                PostgresCall(
                    JournalStatement.tick,
                    [
                        .text(publisher), .double(lease.seconds), .uuidArray(due.map(\.execution.uuid)),
                        .doubleArray(due.map(\.span.seconds)),
                    ])
            ], on: upkeep
        )
        return try Self.decode { () throws(PostgresError) in
            let row = results[0][0]
            let writers = try row.int64Array("live_writers").compactMap { $0.map(WriterID.init(rawValue:)) }
            var controlled: [ControlHint] = []
            for case (let id?, let owner?) in zip(
                try row.uuidArray("controlled"), try row.textArray("controlled_owners"))
            {
                controlled.append(ControlHint(execution: ExecutionID(id), owner: owner))
            }
            return LeaseReport(
                liveWriters: Set(writers), hasAbandonedWork: try row.bool("has_abandoned_work"),
                hasLostSessions: try row.bool("has_lost_sessions"), openControls: controlled,
                hasUnansweredControls: try row.bool("has_unanswered_controls"))
        }
    }

    /// Moves a writer's cursor forward; backward it never moves.
    public func recordPublished(
        writer: WriterID, publisher: String, position: Int64
    ) async throws(JournalError) -> Bool {
        let results = try await run(
            [
                PostgresCall(
                    JournalStatement.recordPublished, [.int64(writer.rawValue), .int64(position), .text(publisher)])
            ], on: upkeep
        )
        return results[0].affectedRows == 1
    }

    /// Becomes the publisher of writers whose lease has run out. Those that a stopped coordinator holds are freed for
    /// the next time.
    public func claimWriters(publisher: String, lease: Duration) async throws(JournalError) -> [ClaimedWriter] {
        let arguments: [PostgresValue] = [.text(publisher), .double(lease.seconds)]
        let results = try await run([PostgresCall(JournalStatement.claimWriters, arguments)], on: upkeep)
        let stuck = try await run([PostgresCall(JournalStatement.endStuckSessions, arguments)], on: upkeep)
        if !stuck[0].isEmpty {
            logger.warning(
                "ended database sessions of a coordinator that has stopped in the middle of a commit",
                metadata: [LogKey.count: "\(stuck[0].count)"])
        }
        return try Self.decode { () throws(PostgresError) in
            var writers: [ClaimedWriter] = []
            for row in results[0] {
                writers.append(
                    ClaimedWriter(
                        id: WriterID(rawValue: try row.int64("writer_id")),
                        publishedPosition: try row.int64("published_position")
                    ))
            }
            return writers
        }
    }

    /// A writer's committed events after a position, with the replies that are due with them.
    public func events(
        of writer: WriterID, after position: Int64, limit: Int
    ) async throws(JournalError) -> [CommittedEvent] {
        let parameters: [PostgresValue] = [
            .int64(writer.rawValue), .int64(position), .int64(Int64(limit)),
            .textArray(EventType.all.filter(\.endsExecution).map(\.rawValue)),
        ]
        var rows = try await run([PostgresCall(JournalStatement.eventsOfWriter, parameters)], on: takeover)[0]
        if try !Self.isWholePage(rows, after: position, limit: limit) {
            // The end, or a clock that was far off: positions have no gaps, so every partition is asked for the rest.
            rows = try await run(
                [PostgresCall(JournalStatement.eventsOfWriterAtAnyTime, parameters)], on: takeover)[0]
        }
        let ended: [UUID?]
        ended = try Self.decode { () throws(PostgresError) in
            var ids: [UUID?] = []
            for row in rows where try EventType(rawValue: row.text("event_type")).endsExecution {
                ids.append(try row.uuid("execution_id"))
            }
            return ids
        }
        let callers =
            ended.isEmpty
            ? [] : try await run([PostgresCall(CommitStatement.furtherCallers, [.uuidArray(ended)])], on: takeover)
        return try Self.decode { () throws(PostgresError) in
            let further = try Self.callers(callers.first)
            var events: [CommittedEvent] = []
            for row in rows { events.append(try Self.committedEvent(row, further: further)) }
            return events
        }
    }

    /// Whether these are as many events as were asked for, and none between them is missing.
    private static func isWholePage(
        _ rows: PostgresResult, after position: Int64, limit: Int
    ) throws(JournalError) -> Bool {
        guard rows.count == limit, limit > 0 else { return false }
        return try decode { () throws(PostgresError) in
            try rows[rows.count - 1].int64("position") == position + Int64(limit)
        }
    }

    private static func committedEvent(
        _ row: PostgresRow, further: [ExecutionID: [ReplyAddress]]
    ) throws(PostgresError) -> CommittedEvent {
        let id = ExecutionID(try row.uuid("execution_id"))
        let type = EventType(rawValue: try row.text("event_type"))
        let event = JournalEvent(
            sequence: try row.int64("sequence"), type: type, timestamp: Timestamp(try row.timestamp("timestamp")),
            payload: try row.json("event_payload")
        )
        var replies: [ResultReply] = []
        if type.endsExecution, let status = ExecutionStatus(rawValue: try row.text("status")) {
            let result = ExecutionResult(
                id: id, status: status, output: try row.optionalValue("output_payload"),
                error: try row.optionalValue("error").flatMap { WorkflowError(json: $0) }
            )
            let first = try address(row)
            replies = result.map { ResultReply.replies($0, to: first, and: further[id] ?? []) } ?? []
        }
        return CommittedEvent(
            position: try row.int64("position"),
            event: CloudEvent(
                executionID: id, workflowID: try row.text("workflow_id"),
                traceparent: try row.optionalText("traceparent"),
                event: event
            ),
            replies: replies
        )
    }

    /// The caller in a row of `executions`.
    static func address(_ row: PostgresRow) throws(PostgresError) -> ReplyAddress? {
        guard let replyTo = try row.optionalText("reply_to") else { return nil }
        return ReplyAddress(replyTo: replyTo, correlationID: try row.optionalText("correlation_id"))
    }

    /// Ends a writer whose events are all published; its row goes with the last of its executions.
    public func closeWriter(_ writer: WriterID, publisher: String) async throws(JournalError) {
        _ = try await run(
            [
                PostgresCall(JournalStatement.drainWriter, [.int64(writer.rawValue), .text(publisher)]),
                PostgresCall(JournalStatement.removeDrained, []),
            ], on: upkeep
        )
    }

    /// The executions that carry an owner's name.
    public func owned(by owner: String) async throws(JournalError) -> [ExecutionID] {
        let results = try await run([PostgresCall(JournalStatement.ownedBy, [.text(owner)])], on: takeover)
        return try Self.decode { () throws(PostgresError) in
            var ids: [ExecutionID] = []
            for row in results[0] { ids.append(ExecutionID(try row.uuid("execution_id"))) }
            return ids
        }
    }

    /// Lets a lost name go.
    public func abandon(owner: String, publisher: String) async throws(JournalError) {
        _ = try await run([PostgresCall(JournalStatement.abandonOwner, [.text(owner), .text(publisher)])], on: upkeep)
    }

    /// Takes executions over under a new token, then reads where they stand.
    public func claimExecutions(
        owner: String, publisher: String, lease: Duration, limit: Int
    ) async throws(JournalError) -> [ClaimedExecution] {
        let claims = try await run(
            [
                PostgresCall(
                    JournalStatement.claimLocks,
                    [.text(owner), .text(publisher), .double(lease.seconds), .int64(Int64(limit))])
            ], on: takeover
        )
        if claims[0].count < limit {
            _ = try await run([PostgresCall(JournalStatement.removeDrained, [])], on: takeover)
        }
        guard !claims[0].isEmpty else { return [] }
        var tokens: [ExecutionID: (token: Int64, interrupted: Bool)] = [:]
        try Self.decode { () throws(PostgresError) in
            for row in claims[0] {
                tokens[ExecutionID(try row.uuid("execution_id"))] = (
                    try row.int64("fencing_token"), try row.bool("interrupted")
                )
            }
        }
        // In statements of their own: what the old owner committed last is visible to them, and nobody else can write
        // any more.
        let ids: [UUID?] = tokens.keys.map(\.uuid)
        let loaded = try await run(
            [
                PostgresCall(JournalStatement.loadExecutions, [.uuidArray(ids)]),
                PostgresCall(JournalStatement.loadSteps, [.uuidArray(ids)]),
            ], on: takeover
        )
        let steps = try Self.decode { () throws(PostgresError) in
            var rows: [UUID: [PostgresRow]] = [:]
            for row in loaded[1] { rows[try row.uuid("execution_id"), default: []].append(row) }
            return rows
        }
        var executions: [ClaimedExecution] = []
        var unreadable: [ExecutionID] = []
        for row in loaded[0] {
            do throws(PostgresError) {
                let state = try Self.state(row, steps: steps)
                guard let claim = tokens[state.id] else { continue }
                executions.append(
                    ClaimedExecution(
                        state: state, fencingToken: claim.token, replyAddress: try Self.address(row),
                        interrupted: claim.interrupted, hasControls: try row.bool("has_controls")
                    ))
            } catch {
                logger.error("an execution cannot be taken over: \(error.message)")
                try Self.decode { () throws(PostgresError) in unreadable.append(ExecutionID(try row.uuid("id"))) }
            }
        }
        // A coordinator that can read them may have them.
        if !unreadable.isEmpty { try await putBack(unreadable, owner: owner, publisher: publisher) }
        return executions
    }

    private static func steps(_ rows: [PostgresRow]) throws(PostgresError) -> StepStates {
        var defined: [StepState] = []
        var instances: [StepState] = []
        for row in rows {
            let name = try row.text("step_name")
            let progress = try row.optionalValue("progress")
            guard var step = progress.map({ StepProgress.decode($0, name: name) }) ?? StepState(name: name) else {
                throw PostgresError(code: .decoding, message: "the progress of '\(name)' is not known to this version")
            }
            step.status = try status(row, StepStatus.init(rawValue:))
            step.input = try row.optionalValue("input")
            step.output = try row.optionalValue("output")
            step.error = try row.optionalValue("error").flatMap { WorkflowError(json: $0) }
            step.startedAt = try row.optionalTimestamp("started_at").map { Timestamp($0) }
            step.completedAt = try row.optionalTimestamp("completed_at").map { Timestamp($0) }
            if progress == nil { defined.append(step) } else { instances.append(step) }
        }
        var steps = StepStates(defined)
        for instance in instances {
            guard instance.origin.isKnown(among: steps) else {
                throw PostgresError(code: .decoding, message: "'\(instance.name)' was made of a step that is not there")
            }
            steps.append(instance)
        }
        return steps
    }

    /// A status, or an error for one that a newer version has written: guessing could run a step again.
    private static func status<Status>(
        _ row: PostgresRow, _ parse: (String) -> Status?
    ) throws(PostgresError) -> Status {
        let text = try row.text("status")
        guard let status = parse(text) else {
            throw PostgresError(code: .decoding, message: "the status \(text) is not known to this version")
        }
        return status
    }

    /// The step that started an execution, in a row of it.
    private static func parent(_ row: PostgresRow) throws(PostgresError) -> ParentStep? {
        guard let id = try row.optionalUUID("parent_id") else { return nil }
        return ParentStep(
            executionID: ExecutionID(id), step: Int(try row.int64("parent_step_order")) - 1,
            stepName: try row.text("parent_step_name"), attempt: Int(try row.int64("parent_attempt")),
            depth: Int(try row.int64("child_depth")))
    }

    private static func state(
        _ row: PostgresRow, steps: [UUID: [PostgresRow]]
    ) throws(PostgresError) -> ExecutionState {
        let id = ExecutionID(try row.uuid("id"))
        let reference = WorkflowReference(
            id: try row.text("workflow_id"), version: Int(try row.int64("workflow_version")),
            contentHash: try row.text("definition_hash")
        )
        var state = ExecutionState(
            id: id, workflow: reference, stepNames: [], input: try row.value("input_payload"),
            metadata: try row.value("metadata"), traceparent: try row.optionalText("traceparent"),
            priority: try row.optionalInt64("priority").map { Int($0) },
            createdAt: Timestamp(try row.timestamp("created_at")), parent: try parent(row)
        )
        state.steps = try Self.steps(steps[id.uuid] ?? [])
        state.status = try status(row, ExecutionStatus.init(rawValue:))
        state.currentStep = Int(try row.int64("current_step"))
        state.startedAt = try row.optionalTimestamp("started_at").map { Timestamp($0) }
        let snapshot = try row.value("state_snapshot")
        guard snapshot["sequence"]?.intValue != nil else {
            throw PostgresError(code: .decoding, message: "the snapshot of \(id) has no sequence")
        }
        StateSnapshot.restore(snapshot, into: &state)
        return state
    }

    /// Puts back what was claimed and not touched.
    public func putBack(
        _ executions: [ExecutionID], owner: String, publisher: String
    ) async throws(JournalError) {
        _ = try await run(
            [
                PostgresCall(JournalStatement.abandonOwner, [.text(""), .text(publisher)]),
                PostgresCall(JournalStatement.putBack, [.uuidArray(executions.map(\.uuid)), .text(owner)]),
            ], on: takeover
        )
    }

    /// Ends leases before their time.
    public func release(
        _ executions: [ExecutionID], owner: String, isHandedOver: Bool
    ) async throws(JournalError) {
        _ = try await run(
            [
                PostgresCall(
                    JournalStatement.release,
                    [.uuidArray(executions.map(\.uuid)), .text(owner), .bool(isHandedOver)])
            ], on: upkeep
        )
    }
}
