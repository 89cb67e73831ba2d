import PerdureJSON
import WorkflowCore

/// What must hold whenever something reaches the world.
extension World {
    /// A change of the tables.
    func record(_ change: TableChange) {
        if case .committed(let change, _, _) = change {
            counts.commits += 1
            if change.acceptance != nil { counts.executions += 1 }
            if change.acceptance != nil, change.state.parent != nil { counts.children += 1 }
            checkTick(change)
            log("  \(change.state.id) \(change.events.map { "\($0.sequence) \($0.type.rawValue)" })")
        }
        if case .claimed(let id, let publisher, let token) = change {
            counts.takeovers += 1
            log("  \(id) goes to \(publisher) under \(token)")
        }
        if case .hinted(let hint) = change { spread(hint) }
        if case .controlAnswered(let control, let outcome, let callers) = change,
            let problem = ledger.controls.answer(
                control, outcome, callers: callers, replies: broker.controlReplies, parked: broker.parkedFromInbox)
        {
            fail(problem)
        }
        if let problem = ledger.record(change, firstCopies: broker.firstCopies) { fail(problem) }
    }

    /// A message arrives at the broker.
    func arrive(_ message: SimulatedMessage) {
        switch message {
        case .events(let events): for event in events { arrive(event) }
        case .reply(let reply): arrive(reply)
        case .parked(let receipt, let kind, let process, let code):
            guard let content = broker.queue(kind).content(receipt, of: process) else { return }
            log("\(content.label) is parked: \(code.rawValue)")
            switch content {
            case .order(let order): broker.parked[order.number] = code
            case .control(let control): broker.parkedControls[control.number] = code
            }
        case .controlReply(let outcome, let caller): arrive(outcome, caller)
        case .parkedControl(let control):
            log("control message \(control.messageKey) is parked")
            broker.parkedFromInbox.insert(control.id)
        }
    }

    private func arrive(_ event: CloudEvent) {
        counts.published += 1
        log("event \(event.id)")
        let before = broker.firstCopies[event.executionID, default: 0]
        if let problem = ledger.problem(withPublished: event, before: before) { return fail(problem) }
        if event.event.sequence <= before { counts.copies += 1 }
        broker.firstCopies[event.executionID] = max(before, event.event.sequence)
    }

    private func arrive(_ reply: ResultReply) {
        log("reply to \(reply.address.replyTo)")
        if let control = controls.first(where: { $0.reply == reply.address }) {
            guard case .rejected(let rejection) = reply.result else {
                return fail("the sender of control message \(control.number) gets the result of an execution")
            }
            broker.controlReplies[reply.address, default: []].append(ControlOutcome(rejection))
            return
        }
        let expected = orders.contains { $0.reply == reply.address }
        if !expected { fail("a reply goes to \(reply.address.replyTo), which nobody asked for") }
        switch reply.result {
        case .rejected: break
        case .success(let id, _), .failure(let id, _, _):
            if ledger.result(of: id) != reply.result { fail("the reply for \(id) says what is not committed") }
        }
        broker.replies[reply.address, default: []].append(reply.result)
    }

    /// A request is acknowledged: the broker forgets it, so the tables must not.
    func checkAcknowledged(_ order: Order) {
        if broker.parked[order.number] != nil { return }
        let rows = rows(for: order)
        guard !rows.isEmpty else { return fail("order \(order.number) is acknowledged and neither stored nor parked") }
        guard let reply = order.reply else { return }
        let isAwaited = rows.contains {
            $0.acceptance.replyAddress == reply || $0.callers.contains(reply)
        }
        if !isAwaited && broker.replies[reply] == nil {
            fail("order \(order.number) is acknowledged and its caller is neither answered nor remembered")
        }
    }

    /// The executions that an order became, or is a copy of.
    func rows(for order: Order) -> [JournalTables.Row] {
        if let key = order.key {
            return [tables.idByKey[key].flatMap { tables.executions[$0] }].compactMap { $0 }
                .filter { $0.state.input == order.input }
        }
        return tables.executions.values.filter { $0.state.input == order.input && $0.state.parent == nil }
    }

    /// An agent is called: its attempt is committed, and it is given what is committed.
    func checkCall(_ arguments: JSONValue, _ context: AgentContext) {
        let definition = library.first { $0.reference.id == context.workflowID }
        // That of a pure step may be called ahead of the commit.
        let ofItem = String(context.stepName.prefix { $0 != "[" })
        let isCall = context.stepName == ofItem || context.stepName.hasSuffix("]")
        if isCall, definition?.steps.first(where: { $0.name == ofItem })?.isPure == true { return }
        guard let row = tables.executions[context.executionID],
            let step = row.state.steps.first(where: { $0.name == context.stepName })
        else { return fail("an agent is called for \(context.executionID), which is not committed") }
        guard step.attempt >= context.attempt else {
            return fail("attempt \(context.attempt) of \(context.stepName) is called and \(step.attempt) is committed")
        }
        for (name, value) in arguments.objectValue ?? [:] {
            guard let step = row.state.steps.first(where: { $0.name == name }) else { continue }
            if step.output ?? .null != value {
                fail("\(context.stepName) is given an output of \(name) that is not committed")
            }
        }
    }

    /// The first caller without its answer.
    var unanswered: String? {
        for order in orders {
            guard let reply = order.reply else { continue }
            let answers = broker.replies[reply] ?? []
            let isAnswered = answers.contains { answer in
                if case .rejected = answer { return broker.parked[order.number] != nil }
                return rows(for: order).contains { $0.result == answer }
            }
            if !isAnswered { return "the caller of order \(order.number) has no answer" }
        }
        return nil
    }

    /// Everything once more, after all coordinators have stopped.
    func checkTheEnd() {
        if let problem = ledger.problem(in: tables) ?? ledger.children.finalProblem { return fail(problem) }
        for order in orders {
            switch (broker.parked[order.number], order.flaw) {
            case (nil, .none):
                if rows(for: order).isEmpty { fail("order \(order.number) became no execution") }
            case (.idempotencyConflict, .none):
                if let key = order.key,
                    tables.idByKey[key].flatMap({ tables.executions[$0] })?.state.input == order.input
                {
                    fail("order \(order.number) is parked as a conflict and conflicts with nothing")
                }
            case (.concurrencyLimit, .none) where rejectsMore(order.workflowID): counts.refusedAtLimit += 1
            case (.unknownWorkflow, .unknownWorkflow), (.invalidJSON, .notJSON): break
            case (let code, let flaw):
                fail("order \(order.number) with flaw \(flaw) is parked as \(String(describing: code))")
            }
        }
        counts.waitedForTurn += ledger.slots.waited
        if let slot = tables.slots.first {
            fail("execution \(slot.execution) has ended and still has a place in a line")
        }
        checkControls()
        for (id, row) in tables.executions {
            if row.lock != nil { fail("execution \(id) has ended and is still locked") }
            if row.state.status == .success { checkOutput(of: row) }
        }
        if let writer = tables.writers.keys.first { fail("writer \(writer.rawValue) is left after an orderly stop") }
    }

    private func rejectsMore(_ workflow: String) -> Bool {
        definitions.first { $0.reference.id == workflow }?.concurrency?.onLimit == .reject
    }

    private func checkOutput(of row: JournalTables.Row) {
        for step in row.state.steps.prefix(row.state.steps.definedCount)
        where !step.status.isTerminal || row.state.output?[step.name] ?? .null != step.output ?? .null {
            fail("execution \(row.state.id) succeeded and its step \(step.name) does not fit")
        }
    }
}
