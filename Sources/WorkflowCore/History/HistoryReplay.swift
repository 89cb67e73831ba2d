import PerdureJSON

/// Runs a definition over what happened to an execution that has ended, and says where it would have gone another way.
///
/// The state machine of the coordinators decides. What reached the execution from outside comes again as it was recorded, in
/// the same order and at the same times: the answers of agents, by step and attempt; signals; a cancellation. So what differs
/// is due to the definition. A call of which no answer is recorded is noted, and what depends on it is left open.
public struct HistoryReplay {
    let record: ExecutionRecord
    let recorded: RecordedAnswers
    let recordedSteps: [String: ExecutionRecord.Step]
    private(set) var execution: Execution
    private var agenda = CaseAgenda()
    private var now: Timestamp
    /// The differences that were met on the way.
    private(set) var met: [(time: Timestamp, difference: HistoryDifference)] = []
    /// The calls that are left open.
    private(set) var openCalls: Set<Int> = []

    /// Arrivals of one execution. There are no more than its events, but for a definition that tries again for ever.
    private static let arrivalLimit = 200_000
    /// How late a coordinator may be where nothing says when it was there: an answer that came a moment after a time was up has
    /// been taken all the same.
    private static let lateness: Int64 = 1_000_000

    /// Compares an execution with what it would have been.
    public static func verdict(on record: ExecutionRecord, under definition: WorkflowDefinition) -> HistoryVerdict {
        guard record.status.isTerminal else { return .incomparable("it has not ended") }
        do throws(RequestRejection) {
            try definition.check(record.input)
        } catch {
            return .differs([HistoryDifference(.rejected, "the request would be rejected: \(error.message)")])
        }
        var replay: HistoryReplay
        do throws(RecordedAnswers.Unreadable) {
            replay = HistoryReplay(record, definition, try RecordedAnswers(record))
        } catch {
            return .incomparable(error.reason)
        }
        guard replay.run() else {
            return .incomparable("more than \(arrivalLimit) things would happen")
        }
        let differences = replay.differences()
        return differences.isEmpty ? .same : .differs(differences)
    }

    private init(_ record: ExecutionRecord, _ definition: WorkflowDefinition, _ recorded: RecordedAnswers) {
        self.record = record
        self.recorded = recorded
        recordedSteps = Dictionary(record.steps.map { ($0.name, $0) }) { first, _ in first }
        now = record.createdAt
        // Under its own id, so that what is drawn from it is the same.
        execution = Execution(
            definition: definition,
            state: ExecutionState(
                id: record.id, workflow: definition.reference, stepNames: definition.steps.map(\.name),
                input: record.input, metadata: record.metadata, priority: record.priority,
                createdAt: record.createdAt))
    }

    /// Lets everything happen.
    ///
    /// - Returns: false when there is no end to it.
    private mutating func run() -> Bool {
        for (time, signal) in recorded.signals {
            agenda.add(.signalReceived(name: signal.name, payload: signal.payload), at: time)
        }
        if let cancel = recorded.cancel { agenda.add(.cancelRequested(reason: cancel.reason), at: cancel.time) }
        take(.accepted)
        var arrivals = 1
        while !execution.state.status.isTerminal, let next = agenda.removeNext() {
            guard arrivals < Self.arrivalLimit else { return false }
            arrivals += 1
            now = max(now, next.due)
            take(next.arrival)
        }
        return true
    }

    private mutating func take(_ arrival: Arrival) {
        if case .answered(let step, _, _) = arrival { openCalls.remove(step) }
        let decision = execution.handle(arrival, now: now)
        for step in decision.abandonedSteps { openCalls.remove(step) }
        for timer in decision.timers { agenda.add(.timerFired(timer.purpose), at: time(of: timer)) }
        for call in decision.invocations { answer(call) }
    }

    /// When a time that is waited for is noticed: when it is due, or when it was noticed then.
    private func time(of timer: ExecutionTimer) -> Timestamp {
        var noticed: Timestamp?
        switch timer.purpose {
        case .retry(let step, let attempt):
            noticed = recorded.calls[.init(step: execution.state.steps[step].name, number: attempt + 1)]?.time
        case .wait(let step):
            guard let fired = recorded.timers[execution.state.steps[step].name] else {
                guard case .signal? = execution.work(of: step) else { return timer.due }
                return timer.due.advanced(byMicroseconds: Self.lateness)
            }
            noticed = fired
        case .executionTimeout:
            noticed = recorded.timeout
            if noticed == nil { return timer.due.advanced(byMicroseconds: Self.lateness) }
        }
        return max(timer.due, noticed ?? timer.due)
    }

    /// Notes what is known of a call.
    private mutating func answer(_ call: Invocation) {
        openCalls.insert(call.step)
        let attempt = RecordedAnswers.Attempt(step: call.stepName, number: call.attempt)
        guard let made = recorded.calls[attempt] else {
            let which = call.attempt == 1 ? "" : ", attempt \(call.attempt),"
            note(
                .init(
                    .unanswered, step: call.stepName,
                    "'\(call.stepName.withoutItemNumber)'\(which) would call the agent '\(call.agent)', and there is no "
                        + "recorded answer"))
            return
        }
        if call.attempt == 1 { compare(call, made.agent) }
        // Without an answer it was given up; whether that is so again is seen in the end.
        guard let answer = recorded.answers[attempt] else { return }
        let limits = [
            (call.timeouts.runMicroseconds, WorkflowError.Code.timeout),
            (call.timeouts.totalMicroseconds, WorkflowError.Code.totalTimeout),
        ]
        for (limit, code) in limits {
            if case .failure(let error) = answer.content, error.code == code, answer.latency < limit ?? .max {
                note(
                    .init(
                        .unanswered, step: call.stepName,
                        "'\(call.stepName.withoutItemNumber)' was given up with \(code.rawValue) and would have more time "
                            + "now, and there is no recorded answer"))
                return
            }
            guard let limit, limit + Self.lateness < answer.latency else { continue }
            let error = WorkflowError(code: code, message: "The attempt took longer than \(DurationText.text(limit)).")
            agenda.add(
                .answered(step: call.step, attempt: call.attempt, .failure(error)),
                at: now.advanced(byMicroseconds: limit))
            return
        }
        agenda.add(
            .answered(step: call.step, attempt: call.attempt, answer.content), at: max(answer.time, now))
    }

    private mutating func compare(_ call: Invocation, _ agent: String) {
        let name = call.stepName.withoutItemNumber
        if agent != call.agent {
            note(
                .init(
                    .agent, step: call.stepName, "'\(name)' would call the agent '\(call.agent)' and not '\(agent)'"))
        }
        let before = recordedSteps[call.stepName]?.input ?? .object([:])
        if let place = call.arguments.firstDifference(from: before) {
            note(
                .init(
                    .input, step: call.stepName,
                    "'\(name)' would get other arguments\(place.isEmpty ? "" : ", the first at '\(place)'")",
                    recorded: before, replayed: call.arguments))
        }
    }

    private mutating func note(_ difference: HistoryDifference) { met.append((now, difference)) }
}
