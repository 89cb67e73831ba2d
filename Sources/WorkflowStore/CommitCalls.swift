import FoundationEssentials
import PerdureJSON
import PostgresClient
import WorkflowCore

/// Lays the changes of a batch out as columns, for statements that take whole tables as arrays.
struct CommitCalls {
    let batch: JournalBatch
    let leaseSeconds: Double

    private var accepted: [ExecutionChange] { batch.changes.filter { $0.acceptance != nil } }
    private var advanced: [ExecutionChange] { batch.changes.filter { $0.acceptance == nil } }
    /// What was there before and ends with this batch. An execution that starts and ends in one is inserted whole, and
    /// nobody can have asked for its result before.
    private var ended: [ExecutionChange] {
        batch.changes.filter { $0.state.status.isTerminal && $0.acceptance == nil }
    }

    /// The ids whose further callers the last call asks for.
    var endedIDs: [UUID?] { ended.map(\.state.id.uuid) }

    /// The control messages of others that are settled with the batch.
    private var settled: [SettledControl] { batch.changes.flatMap(\.controls).filter { !$0.control.isInternal } }

    /// Their ids.
    var controlIDs: [Int64?] { settled.map(\.control.id.rawValue) }

    private var writerCall: PostgresCall {
        let writer: [PostgresValue] = [.int64(batch.writer.rawValue), .text(batch.publisher)]
        guard let cursor = batch.cursor else { return PostgresCall(CommitStatement.lockWriter, writer) }
        return PostgresCall(CommitStatement.moveCursor, writer + [.int64(cursor)])
    }

    /// The calls in order, and which of them give something.
    struct Sequence {
        var calls: [PostgresCall]
        /// Gives where control messages were sent to whoever has a slot now or has to make room.
        var slots: Int?
        /// Gives the senders of the control messages that are settled.
        var settling: Int?
        /// Gives where control messages were sent.
        var sending: Int?
        /// Gives the further callers.
        var furtherCallers: Int?
    }

    /// The calls in order.
    func sequence() -> Sequence {
        var sequence = Sequence(calls: calls())
        if let slotCall {
            sequence.slots = sequence.calls.count
            sequence.calls.append(slotCall)
        }
        let settled = settled
        if !settled.isEmpty {
            let ids = PostgresValue.int64Array(settled.map(\.control.id.rawValue))
            sequence.calls.append(PostgresCall(ControlStatement.lock, [ids]))
            sequence.settling = sequence.calls.count
            sequence.calls.append(
                PostgresCall(
                    ControlStatement.settle,
                    [ids, .jsonbArray(settled.map(\.outcome.json.jsonBytes)), .text(batch.owner)]))
        }
        let internals = batch.changes.flatMap(\.controls).filter(\.control.isInternal)
        if !internals.isEmpty {
            sequence.calls.append(
                PostgresCall(
                    ControlStatement.forgetInternal, [.int64Array(internals.map(\.control.id.rawValue))]))
        }
        let sends = batch.changes.flatMap(\.sends)
        if !sends.isEmpty {
            sequence.sending = sequence.calls.count
            sequence.calls.append(PostgresCall(ControlStatement.send, [.text(batch.publisher)] + sendColumns(sends)))
        }
        if asksForCallers {
            sequence.furtherCallers = sequence.calls.count
            sequence.calls.append(PostgresCall(CommitStatement.furtherCallers, [.uuidArray(endedIDs)]))
        }
        return sequence
    }

    private var slotCall: PostgresCall? {
        let asked = batch.changes.filter { $0.slot != nil }
        let ended = batch.changes.filter(\.freesSlot)
        guard !asked.isEmpty || !ended.isEmpty else { return nil }
        let claims = asked.compactMap(\.slot)
        return PostgresCall(
            SlotStatement.take,
            [
                .text(batch.publisher), .uuidArray(asked.map(\.state.id.uuid)),
                .textArray(claims.map(\.line.workflowID)),
                .int32Array(asked.map { Int32($0.state.workflow.version) }), .textArray(claims.map(\.line.key)),
                .int32Array(claims.map { Int32($0.limit) }), .textArray(claims.map(\.policy.rawValue)),
                .boolArray(claims.map(\.hasStarted)), .uuidArray(ended.map(\.state.id.uuid)),
            ])
    }

    private func sendColumns(_ sends: [InternalControl]) -> [PostgresValue] {
        [
            .textArray(sends.map(\.messageKey)), .uuidArray(sends.map(\.executionID.uuid)),
            .textArray(sends.map(\.action.name)),
            .jsonbArray(sends.map { JSONValue.object($0.action.parameters).jsonBytes }),
        ]
    }

    /// The calls that write what the changes are.
    private func calls() -> [PostgresCall] {
        var calls = [writerCall]
        let accepted = accepted
        let advanced = advanced
        let ended = ended
        if !ended.isEmpty {
            calls.append(PostgresCall(CommitStatement.deleteLocks, [.uuidArray(ended.map(\.state.id.uuid))]))
        }
        if !advanced.isEmpty {
            calls.append(
                PostgresCall(CommitStatement.advanceState, stateColumns(advanced) + [.int64(Int64(advanced.count))]))
        }
        if !accepted.isEmpty {
            calls.append(PostgresCall(CommitStatement.insertExecutions, executionColumns(accepted)))
            calls.append(PostgresCall(CommitStatement.insertState, stateColumns(accepted)))
            let open = accepted.filter { !$0.state.status.isTerminal }
            if !open.isEmpty {
                calls.append(
                    PostgresCall(
                        CommitStatement.insertLocks,
                        [.uuidArray(open.map(\.state.id.uuid)), .text(batch.owner), .double(leaseSeconds)]))
            }
            let children = accepted.filter { $0.state.parent != nil }
            if !children.isEmpty {
                calls.append(PostgresCall(CommitStatement.insertChildren, childColumns(children.map(\.state))))
            }
            let rows = accepted.flatMap { change in (0..<change.state.steps.definedCount).map { StepRow(change, $0) } }
            calls.append(PostgresCall(CommitStatement.insertSteps, stepColumns(rows)))
        }
        if !ended.isEmpty { calls.append(PostgresCall(CommitStatement.endExecutions, endColumns(ended))) }
        let turned = advanced.filter { $0.changesStatus && (!$0.state.status.isTerminal || $0.hasStarted) }
        if !turned.isEmpty {
            calls.append(
                PostgresCall(
                    CommitStatement.changeStatus,
                    [
                        .uuidArray(turned.map(\.state.id.uuid)), .textArray(turned.map(\.state.status.rawValue)),
                        .timestampArray(turned.map { $0.state.startedAt.map(PostgresTimestamp.init) }),
                    ]))
        }
        let changed = advanced.flatMap { change in
            change.changedSteps.sorted().prefix { $0 < change.state.steps.definedCount }.map { StepRow(change, $0) }
        }
        if !changed.isEmpty { calls.append(PostgresCall(CommitStatement.updateSteps, stepColumns(changed))) }
        let instances = batch.changes.filter(\.state.steps.hasInstances).flatMap { change in
            change.changedSteps.sorted().drop { $0 < change.state.steps.definedCount }.map { StepRow(change, $0) }
        }
        if !instances.isEmpty {
            calls.append(PostgresCall(CommitStatement.writeInstances, instanceColumns(instances)))
        }
        calls.append(PostgresCall(CommitStatement.insertEvents, eventColumns()))
        return calls
    }

    /// Whether further callers are asked for.
    var asksForCallers: Bool { !ended.isEmpty }

    /// The tokens under which the executions that go on must be owned.
    var ownedColumns: [PostgresValue] {
        [.uuidArray(advanced.map(\.state.id.uuid)), .int64Array(advanced.map(\.fencingToken))]
    }

    private func stateColumns(_ changes: [ExecutionChange]) -> [PostgresValue] {
        [
            .uuidArray(changes.map(\.state.id.uuid)),
            .int64Array(changes.map(\.fencingToken)),
            .int32Array(changes.map { Int32($0.state.currentStep) }),
            .jsonbArray(changes.map { StateSnapshot.encode($0.state) }),
            .timestampArray(changes.map { PostgresTimestamp($0.state.lastEventAt) }),
        ]
    }

    private func executionColumns(_ changes: [ExecutionChange]) -> [PostgresValue] {
        let states = changes.map(\.state)
        return [
            .uuidArray(states.map(\.id.uuid)),
            .textArray(states.map(\.workflow.id)),
            .int32Array(states.map { Int32($0.workflow.version) }),
            .textArray(states.map(\.workflow.contentHash)),
            .textArray(states.map(\.status.rawValue)),
            .textArray(changes.map { $0.acceptance?.idempotencyKey }),
            .jsonbArray(states.map(\.input.jsonBytes)),
            .jsonbArray(states.map(\.metadata.jsonBytes)),
            .int32Array(changes.map { $0.acceptance?.priority.map(Int32.init) }),
            .textArray(states.map(\.traceparent)),
            .textArray(changes.map { $0.acceptance?.replyAddress?.replyTo }),
            .textArray(changes.map { $0.acceptance?.replyAddress?.correlationID }),
            .timestampArray(states.map { PostgresTimestamp($0.createdAt) }),
            .timestampArray(states.map { $0.startedAt.map(PostgresTimestamp.init) }),
        ] + resultColumns(states)
    }

    private func endColumns(_ changes: [ExecutionChange]) -> [PostgresValue] {
        let states = changes.map(\.state)
        return [.uuidArray(states.map(\.id.uuid)), .textArray(states.map(\.status.rawValue))] + resultColumns(states)
    }

    private func childColumns(_ states: [ExecutionState]) -> [PostgresValue] {
        [
            .uuidArray(states.map(\.id.uuid)),
            .uuidArray(states.map(\.parent?.executionID.uuid)),
            .int32Array(states.map { $0.parent.map { Int32($0.step + 1) } }),
            .textArray(states.map(\.parent?.stepName)),
            .int32Array(states.map { $0.parent.map { Int32($0.attempt) } }),
            .int32Array(states.map { $0.parent.map { Int32($0.depth) } }),
        ]
    }

    /// What an execution gave, or why it failed, and when.
    private func resultColumns(_ states: [ExecutionState]) -> [PostgresValue] {
        [
            .jsonbArray(states.map { $0.output?.jsonBytes }),
            .jsonbArray(states.map { $0.error?.json.jsonBytes }),
            .timestampArray(states.map { $0.completedAt.map(PostgresTimestamp.init) }),
        ]
    }

    private func stepColumns(_ rows: [StepRow]) -> [PostgresValue] {
        [
            .uuidArray(rows.map(\.id.uuid)),
            .int32Array(rows.map { Int32($0.index + 1) }),
            .textArray(rows.map(\.step.name)),
            .textArray(rows.map(\.step.status.rawValue)),
            .int32Array(rows.map { Int32($0.step.retryCount) }),
            .jsonbArray(rows.map { $0.newInput?.jsonBytes }),
            .jsonbArray(rows.map { $0.newOutput?.jsonBytes }),
            .jsonbArray(rows.map { $0.step.error?.json.jsonBytes }),
            .timestampArray(rows.map { $0.step.startedAt.map(PostgresTimestamp.init) }),
            .timestampArray(rows.map { $0.step.completedAt.map(PostgresTimestamp.init) }),
        ]
    }

    private func instanceColumns(_ rows: [StepRow]) -> [PostgresValue] {
        stepColumns(rows) + [.jsonbArray(rows.map { StepProgress.encode($0.step) })]
    }

    private func eventColumns() -> [PostgresValue] {
        var ids: [UUID?] = []
        var sequences: [Int64?] = []
        var types: [String?] = []
        var payloads: [[UInt8]?] = []
        var timestamps: [PostgresTimestamp?] = []
        var positions: [Int64?] = []
        for change in batch.changes {
            for (offset, event) in change.events.enumerated() {
                ids.append(change.state.id.uuid)
                sequences.append(event.sequence)
                types.append(event.type.rawValue)
                payloads.append(event.payload)
                timestamps.append(PostgresTimestamp(event.timestamp))
                positions.append(change.firstPosition + Int64(offset))
            }
        }
        return [
            .uuidArray(ids), .int64Array(sequences), .textArray(types), .jsonbArray(payloads),
            .timestampArray(timestamps),
            .int64(batch.writer.rawValue), .int64Array(positions),
        ]
    }
}

extension ExecutionChange {
    /// Whether the execution starts with this change.
    fileprivate var hasStarted: Bool { events.contains { $0.type == .executionStarted } }
}

extension PostgresTimestamp {
    /// The same point in time.
    init(_ timestamp: Timestamp) {
        self.init(microsecondsSinceUnixEpoch: timestamp.microsecondsSinceEpoch)
    }
}

extension Timestamp {
    /// The same point in time.
    init(_ timestamp: PostgresTimestamp) {
        self.init(microsecondsSinceEpoch: timestamp.microsecondsSinceUnixEpoch)
    }
}
