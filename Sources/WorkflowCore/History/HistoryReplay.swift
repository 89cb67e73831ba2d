import PerdureJSON

/// Runs a definition over what happened to an execution that has ended, and says where it would have gone another way.
///
/// The state machine of the coordinators decides. What reached the execution from outside comes again as it was recorded, in
/// the same order and at the same times: the answers of agents, by step and attempt; signals; a cancellation. So what differs
/// is due to the definition. A call of which no answer is recorded is noted, and what depends on it is left open.
public struct HistoryReplay {
    let record: ExecutionRecord
    let recorded: RecordedAnswers
    /// The definition that it ran, where that is known.
    let original: WorkflowDefinition?
    let recordedSteps: [String: ExecutionRecord.Step]
    private(set) var execution: Execution
    var agenda = CaseAgenda()
    private(set) var now: Timestamp
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
    ///
    /// - Parameter original: The definition that it ran, as far as it can be read: without it, an attempt that waited long for a
    ///   worker cannot be told from one that worked for long.
    public static func verdict(
        on record: ExecutionRecord, under definition: WorkflowDefinition, original: WorkflowDefinition? = nil
    ) -> HistoryVerdict {
        guard record.status.isTerminal else { return .incomparable("it has not ended") }
        do throws(RequestRejection) {
            try definition.check(record.input)
        } catch {
            return .differs([HistoryDifference(.rejected, "the request would be rejected: \(error.message)")])
        }
        var replay: HistoryReplay
        do throws(RecordedAnswers.Unreadable) {
            replay = HistoryReplay(record, definition, original, try RecordedAnswers(record))
        } catch {
            return .incomparable(error.reason)
        }
        guard replay.run() else {
            return .incomparable("more than \(arrivalLimit) things would happen")
        }
        let differences = replay.differences()
        return differences.isEmpty ? .same : .differs(differences)
    }

    private init(
        _ record: ExecutionRecord, _ definition: WorkflowDefinition, _ original: WorkflowDefinition?,
        _ recorded: RecordedAnswers
    ) {
        self.record = record
        self.original = original
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
        agenda.add(.accepted, at: recorded.startedAt ?? record.createdAt)
        for (time, signal) in recorded.signals {
            agenda.add(.signalReceived(name: signal.name, payload: signal.payload), at: time)
        }
        if let cancel = recorded.cancel { agenda.add(.cancelRequested(reason: cancel.reason), at: cancel.time) }
        var arrivals = 0
        while !execution.state.status.isTerminal, let next = agenda.removeNext() {
            guard arrivals < Self.arrivalLimit else { return false }
            arrivals += 1
            now = max(now, next.due)
            take(next.arrival)
        }
        return true
    }

    mutating func take(_ arrival: Arrival) {
        switch arrival {
        case .answered(let step, _, _), .childEnded(let step, _, _), .childRefused(let step, _, _):
            openCalls.remove(step)
        default: break
        }
        let decision = execution.handle(arrival, now: now)
        for step in decision.abandonedSteps { openCalls.remove(step) }
        for timer in decision.timers { agenda.add(.timerFired(timer.purpose), at: time(of: timer)) }
        for call in decision.invocations { answer(call) }
        // Children that are cancelled are not waited for any more.
        if !decision.sends.isEmpty { openCalls = openCalls.filter { !execution.state.steps[$0].status.isTerminal } }
        for child in decision.children {
            openCalls.insert(child.parent.step)
            run(child)
        }
    }

    /// When a time that is waited for is noticed: when it is due, or when it was noticed then. One that nobody noticed, because no
    /// coordinator was there until the execution had ended in another way, is not noticed before that either.
    private func time(of timer: ExecutionTimer) -> Timestamp {
        let due = timer.due
        func unnoticed(_ dueThen: Timestamp?, lateness: Int64) -> Timestamp {
            let earliest = due.advanced(byMicroseconds: lateness)
            guard let dueThen, due >= dueThen, let end = record.events.last?.timestamp else { return earliest }
            return max(earliest, end.advanced(byMicroseconds: 1))
        }
        switch timer.purpose {
        case .retry(let step, let attempt):
            let name = execution.state.steps[step].name
            if let next = recorded.calls[.init(step: name, number: attempt + 1)] { return max(due, next.time) }
            return unnoticed(recorded.retries[.init(step: name, number: attempt)], lateness: 0)
        case .wait(let step):
            let name = execution.state.steps[step].name
            if let fired = recorded.timers[name] { return max(due, fired) }
            if case .signal? = execution.work(of: step) {
                return unnoticed(recorded.waits[name], lateness: Self.lateness)
            }
            return unnoticed(recorded.waits[name], lateness: 0)
        case .childTimeout(let step, let attempt):
            let name = execution.state.steps[step].name
            if let fired = recorded.childTimers[.init(step: name, number: attempt)] { return max(due, fired) }
            return unnoticed(nil, lateness: Self.lateness)
        case .executionTimeout:
            if let noticed = recorded.timeout { return max(due, noticed) }
            let limit = original?.timeoutMicroseconds
            return unnoticed(
                limit.map { (execution.state.startedAt ?? record.createdAt).advanced(byMicroseconds: $0) },
                lateness: Self.lateness)
        }
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
                        + "recorded answer"), of: call)
            return
        }
        if call.attempt == 1 { compare(call, made.agent) }
        // Without an answer it was given up; whether that is so again is seen in the end.
        guard let answer = recorded.answers[attempt] else { return }
        switch limited(call, answer) {
        case .asRecorded:
            agenda.add(
                .answered(step: call.step, attempt: call.attempt, answer.content), at: max(answer.time, now))
        case .cut(let code, let limit):
            let error = WorkflowError(code: code, message: "The attempt took longer than \(DurationText.text(limit)).")
            agenda.add(
                .answered(step: call.step, attempt: call.attempt, .failure(error)),
                at: now.advanced(byMicroseconds: limit))
        case .unknown(let code):
            note(
                .init(
                    .unanswered, step: call.stepName,
                    "'\(call.stepName.withoutItemNumber)' had failed with \(code.rawValue) and would have more time, and "
                        + "there is no recorded answer"), of: call)
        }
    }

    /// What the time limits of a call make of its recorded answer.
    private enum Limited {
        case asRecorded
        /// The time would be up before.
        case cut(WorkflowError.Code, limit: Int64)
        /// The time was up then, and would not be.
        case unknown(WorkflowError.Code)
    }

    private func limited(_ call: Invocation, _ answer: RecordedAnswers.Answer) -> Limited {
        let timeouts = execution.agentWork(of: call.step)?.timeouts ?? StepTimeouts()
        let before = original.map { $0.timeouts(of: call.stepName) }
        if timeouts == before { return .asRecorded }
        if case .failure(let error) = answer.content, let limit = timeouts.limit(endingWith: error.code) {
            let recordedLimit = before?.limit(endingWith: error.code) ?? answer.latency
            return limit > recordedLimit ? .unknown(error.code) : .asRecorded
        }
        let rest = (call.timeouts.runMicroseconds ?? .max, call.timeouts.totalMicroseconds ?? .max)
        let limit = min(rest.0, rest.1)
        guard limit < answer.latency - Self.lateness else { return .asRecorded }
        return .cut(rest.0 <= rest.1 ? .timeout : .totalTimeout, limit: limit)
    }

    private mutating func compare(_ call: Invocation, _ agent: String) {
        let name = call.stepName.withoutItemNumber
        if agent != call.agent {
            note(
                .init(
                    .agent, step: call.stepName, "'\(name)' would call the agent '\(call.agent)' and not '\(agent)'"),
                of: call)
        }
        compare(call.arguments, of: call.step, named: call.stepName)
    }

    /// Compares what a step is given in its first attempt.
    mutating func compare(_ arguments: JSONValue, of step: Int, named name: String) {
        let before = recordedSteps[name]?.input ?? .object([:])
        guard let place = arguments.firstDifference(from: before) else { return }
        note(
            .init(
                .input, step: name,
                "'\(name.withoutItemNumber)' would get other arguments\(place.isEmpty ? "" : ", the first at '\(place)'")",
                recorded: before, replayed: arguments), of: step, attempt: 1)
    }

    private mutating func note(_ difference: HistoryDifference, of call: Invocation) {
        note(difference, of: call.step, attempt: call.attempt)
    }

    /// Notes a difference in an attempt, at the time when its step started: what made its arguments comes before that.
    mutating func note(_ difference: HistoryDifference, of step: Int, attempt: Int) {
        let start = attempt == 1 ? execution.state.steps[step].startedAt : nil
        met.append((start ?? now, difference))
    }
}

extension WorkflowDefinition {
    /// The time limits of a step or an instance; none where there is no such step, or it makes no calls.
    fileprivate func timeouts(of name: String) -> StepTimeouts {
        if name == "workflow.on_failure" { return failureHandler?.timeouts ?? StepTimeouts() }
        let step = name.withoutItemNumber
        if let found = steps.first(where: { $0.name == step }) { return found.work.agent?.timeouts ?? StepTimeouts() }
        let undone = steps.first { "\($0.name).compensate" == step }
        return undone?.compensation?.timeouts ?? StepTimeouts()
    }
}

extension StepTimeouts {
    /// The limit that ends an attempt with this code, in microseconds, endless where there is none; nil for all other codes.
    fileprivate func limit(endingWith code: WorkflowError.Code) -> Int64? {
        switch code {
        case .startTimeout: startMicroseconds ?? .max
        case .timeout: runMicroseconds ?? .max
        case .heartbeatTimeout: heartbeatMicroseconds ?? .max
        case .totalTimeout: totalMicroseconds ?? .max
        default: nil
        }
    }
}
