import PerdureJSON
import TestSupport
import WorkflowCore

/// Control messages: when they are sent, and what must hold of them.
extension World {
    /// Lets somebody send control messages now and then, until the calm.
    func scheduleControls() {
        guard controlsLeft > 0 else { return }
        scheduler.after(chance.number(below: weather.length / Int64(weather.controlCount))) { [unowned self] in
            guard controlsLeft > 0 else { return }
            controlsLeft -= 1
            sendControl()
            scheduleControls()
        }
    }

    private func sendControl() {
        let rows = tables.executions.values.sorted { $0.state.id.description < $1.state.id.description }
        let running = rows.filter { !$0.state.status.isTerminal }.map(\.state.id)
        // What has ended is asked for as well, only less often.
        let executions = running.isEmpty || chance.isTrue(percent: 15) ? rows.map(\.state.id) : running
        let control = ControlOrder.random(
            number: controls.count + 1, earlier: controls, executions: executions, weather: weather, &chance)
        controls.append(control)
        broker.control.append(.control(control), in: self)
    }

    /// The database hints at what waits; some coordinators do not hear it.
    func spread(_ hint: ControlHint) {
        guard weather.givesHints else { return }
        for node in nodes {
            guard let process = node.process, !chance.isTrue(percent: 20) else { continue }
            scheduler.after(latency()) { process.hints.continuation.yield(hint) }
        }
    }

    /// A sender is told what became of a control message.
    func arrive(_ outcome: ControlOutcome, _ caller: ReplyAddress) {
        log("reply to \(caller.replyTo): \(outcome.json.jsonText)")
        guard let control = controls.first(where: { $0.reply == caller }) else {
            return fail("a reply goes to \(caller.replyTo), which sent no control message")
        }
        if !ledger.controls.outcomes(of: control.request.body).contains(outcome) {
            fail("the reply to control message \(control.number) says what is not committed")
        }
        broker.controlReplies[caller, default: []].append(outcome)
    }

    /// A control message is acknowledged: the broker forgets it, so it must be kept, or parked.
    func checkAcknowledged(_ control: ControlOrder) {
        if broker.parkedControls[control.number] != nil { return }
        let rows = tables.controls.values.filter { $0.control.body == control.request.body }
        guard !rows.isEmpty || !ledger.controls.outcomes(of: control.request.body).isEmpty else {
            return fail("control message \(control.number) is acknowledged and neither kept nor parked")
        }
        guard let reply = control.reply, broker.controlReplies[reply] == nil else { return }
        if !rows.contains(where: { $0.callers.contains(reply) }) {
            fail("control message \(control.number) is acknowledged and its sender is neither told nor remembered")
        }
    }

    /// What is still to be done about control messages, or nil.
    var openControlProblem: String? {
        if controlsLeft > 0 { return "\(controlsLeft) control messages are not sent" }
        if let row = tables.controls.values.first(where: { !$0.isAnswered }) {
            return "control message \(row.control.messageKey) is not \(row.isOpen ? "settled" : "answered")"
        }
        for control in controls {
            if let reply = control.reply, broker.controlReplies[reply] == nil {
                return "the sender of control message \(control.number) has no reply"
            }
        }
        return nil
    }

    /// What became of each control message, after all coordinators have stopped.
    func checkControls() {
        for control in controls {
            let body = control.request.body
            let applied = ledger.controls.timesApplied(body)
            if control.request.messageKey != nil && applied > 1 {
                fail("control message \(control.number) is applied \(applied) times")
            }
            let isParked =
                broker.parkedControls[control.number] != nil
                || ledger.controls.outcomes(of: body).contains(where: \.isRefusal)
            switch control.flaw {
            case .none:
                if applied == 0 && !isParked { fail("control message \(control.number) is lost") }
            case .unknownExecution, .malformed:
                if applied > 0 { fail("control message \(control.number) is applied and cannot be") }
                if broker.parkedControls[control.number] == nil {
                    fail("control message \(control.number) is not parked")
                }
            }
            if applied == 0 && isParked { counts.refusedControls += 1 }
            if applied > 0 { counts.appliedControls += 1 }
        }
    }
}
