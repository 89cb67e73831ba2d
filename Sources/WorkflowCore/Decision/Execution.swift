import PerdureJSON

/// The state machine of one execution: arrivals in, decisions out; no IO, no clock, no randomness.
///
/// | status  | arrival                 | events                                                            | next    |
/// |---------|-------------------------|-------------------------------------------------------------------|---------|
/// | pending | accepted                | EXECUTION_STARTED, then *start* each step without needs           | running |
/// | pending | accepted, to be queued  | EXECUTION_QUEUED                                                  | pending |
/// | pending | its turn has come       | EXECUTION_STARTED, then *start* each step without needs           | running |
/// | pending | it cannot have a turn   | EXECUTION_FAILED; no step has started                             | failed  |
/// | pending | cancel requested        | EXECUTION_CANCELLED; no step has started                          | cancelled |
/// | pending | signal received         | SIGNAL_RECEIVED; the signal is kept                               | pending |
/// | pending | taken over              | none: it goes on waiting for its turn                             | pending |
/// | running | answered, success       | AGENT_RESPONSE, STEP_COMPLETED, then *go on*                      | running |
/// |         |   …of the last step     | …, EXECUTION_COMPLETED                                            | success |
/// | running | answered, failure       | AGENT_RESPONSE, STEP_RETRY_SCHEDULED and a timer; the step waits  | running |
/// |         |   …for the last time    | AGENT_RESPONSE, STEP_FAILED, then *fail*                          | failed  |
/// |         |   …and `on_error` helps | AGENT_RESPONSE, STEP_FAILED, then *go on*                         | running |
/// | running | retry is due            | AGENT_INVOKED, the next attempt                                   | running |
/// | running | a step's wait is over   | TIMER_FIRED, STEP_COMPLETED, then *go on*                         | running |
/// | running | execution timeout       | *fail*                                                            | failed  |
/// | running | taken over              | none: running attempts are called again under the same number,    | running |
/// |         |                         | and what waits goes on waiting, as do steps that have a child     |         |
/// |         |   …once too often       | STEP_FAILED, then *fail*                                          | failed  |
/// |         |   …past its timeout     | *fail*                                                            | failed  |
/// | running | cancel requested        | *fail*, with EXECUTION_CANCELLED in the end                       | cancelled |
/// | running | child started           | CHILD_STARTED                                                     | running |
/// | running | child refused           | as an answer with a failure, without AGENT_RESPONSE               | running |
/// | running | child ended             | CHILD_COMPLETED, STEP_COMPLETED, then *go on*; or CHILD_FAILED or | running |
/// |         |                         | CHILD_CANCELLED, and as an answer with a failure                  |         |
/// | running | a child takes too long  | TIMER_FIRED, the child is cancelled; as an answer with a failure  | running |
/// | running | signal received         | SIGNAL_RECEIVED; the signal is kept                               | running |
/// |         |   …that is waited for   | SIGNAL_RECEIVED, STEP_COMPLETED, then *go on*                     | running |
/// |         |   …past the limits      | none; refused                                                     | running |
/// | ending  | cancel or signal        | none; refused                                                     | same    |
/// | ended   | cancel or signal        | none; refused                                                     | same    |
/// | any     | answer or end of a      | none                                                              | same    |
/// |         | child not waited for    | none                                                              | same    |
///
/// Running means `running` or `waiting`: it waits while no agent is at work and a step waits for a time or a signal.
///
/// *start*: STEP_SKIPPED when its condition does not hold; STEP_STARTED, AGENT_INVOKED, and the invocation; STEP_STARTED,
/// STEP_COMPLETED for what is only computed; STEP_STARTED and a timer for what waits; STEP_STARTED and *start* of its items;
/// STEP_STARTED and a child, which starts or is refused at once;
/// or STEP_FAILED when something cannot be computed.
/// *go on*: *start* what became ready; of an item, *start* the next one, and STEP_COMPLETED or STEP_FAILED of its step when
/// that is decided.
/// *fail*: STEP_CANCELLED for each running step; pending steps become cancelled without an event. Then the aftermath, if there
/// is one: EXECUTION_ENDING, and one after another, each with *start* and its answers, what the workflow does on failure and
/// the compensations of what has succeeded, the last first, each with STEP_COMPENSATED. In the end EXECUTION_FAILED.
/// Whoever gives a step up that has a child cancels the child, and whoever ends tells its parent, each with the same commit.
public struct Execution: Sendable {
    /// The definition it runs.
    public let definition: WorkflowDefinition
    /// Where it stands.
    public internal(set) var state: ExecutionState
    /// How far the steps with items are that are under way; follows from the state.
    var loops: [Int: LoopProgress] = [:]
    /// What is still to be undone, the next one last; follows from the state.
    var undoable: [Int] = []

    /// An execution at a state that came from `definition`.
    public init(definition: WorkflowDefinition, state: ExecutionState) {
        self.definition = definition
        self.state = state
        if state.steps.hasInstances { countItems() }
        if state.ending != nil { listUndoable() }
    }

    /// Takes an arrival in and says what follows from it.
    ///
    /// - Parameters:
    ///   - arrival: What happened.
    ///   - now: The time; events are stamped with it, or later where that is needed to keep them apart.
    public mutating func handle(_ arrival: Arrival, now: Timestamp) -> Decision {
        var decision = Decision()
        let before = state.status
        let isStored = state.sequence > 0
        if before == .waiting { state.status = .running }
        switch (state.status, arrival) {
        case (.pending, .accepted), (.pending, .slotGranted):
            start(now: now, &decision)
        case (.pending, .queued(let key)):
            queue(key: key, now: now, &decision)
        case (.pending, .slotRefused):
            refuseToStart(now: now, &decision)
        case (.running, .answered(let step, let attempt, let answer)):
            guard state.steps.indices.contains(step), state.steps[step].status == .running,
                state.steps[step].attempt == attempt, agentWork(of: step) != nil
            else { break }
            take(answer, of: step, now: now, &decision)
        case (.running, .timerFired(let purpose)):
            guard awaits(purpose) else { break }
            fire(purpose, now: now, &decision)
        case (.running, .takenOver(let interrupted)):
            resume(interrupted: interrupted, now: now, &decision)
        case (.running, .childStarted(let step, let attempt, let reference)):
            guard awaitsChild(step: step, attempt: attempt) else { break }
            noteChild(of: step, reference, now: now, &decision)
        case (.running, .childRefused(let step, let attempt, let error)):
            guard awaitsChild(step: step, attempt: attempt) else { break }
            decision.changedSteps.insert(step)
            failAttempt(of: step, error, now: now, &decision)
        case (.running, .childEnded(let step, let attempt, let result)):
            guard awaitsChild(step: step, attempt: attempt) else { break }
            take(result, of: step, now: now, &decision)
        case (let status, .cancelRequested) where status.isTerminal,
            (let status, .signalReceived) where status.isTerminal:
            decision.refusal = .ended(state.id, as: status)
        case (_, .cancelRequested) where state.ending != nil, (_, .signalReceived) where state.ending != nil:
            decision.refusal = .ending(state.id, as: state.ending?.status ?? .failed)
        case (_, .cancelRequested(let reason)):
            cancel(reason: reason, now: now, &decision)
        case (_, .signalReceived(let name, let payload)):
            receive(WaitingSignals.Signal(name: name, payload: payload), now: now, &decision)
        default:
            break
        }
        if definition.hasWaits && state.status == .running && onlyWaits { state.status = .waiting }
        decision.changesStatus =
            isStored && state.status != before && (before == .pending || !state.status.isTerminal)
        decision.changesState = decision.changesState || !decision.events.isEmpty
        return decision
    }

    /// Whether steps may start: it has not ended and is not about to.
    var isUnderWay: Bool { state.status == .running && state.ending == nil }

    /// Whether no agent is at work and a step waits for a time or a signal.
    private var onlyWaits: Bool {
        guard state.ending == nil else { return false }
        var isWaiting = false
        for step in definition.steps.indices {
            switch state.steps[step].status {
            case .running: return false
            case .waiting: isWaiting = isWaiting || definition.steps[step].work.retry == nil
            default: break
            }
        }
        return isWaiting
    }

    // MARK: - The rows of the table

    private mutating func queue(key: String, now: Timestamp, _ decision: inout Decision) {
        record(
            .executionQueued, now: now, &decision,
            fields: [
                ("version", .int(Int64(state.workflow.version))),
                ("concurrency_key", .string(key)),
                ("limit", .int(Int64(definition.concurrency?.limit ?? 1))),
            ])
    }

    private mutating func refuseToStart(now: Timestamp, _ decision: inout Decision) {
        let limit = definition.concurrency?.limit ?? 1
        let error = WorkflowError(
            code: .concurrencyLimit,
            message:
                "\(limit) \(limit == 1 ? "execution" : "executions") of the workflow '\(state.workflow.id)' with the same "
                + "concurrency key may run at a time, and no more; try again later.")
        end(with: error, now: now, &decision)
    }

    private mutating func start(now: Timestamp, _ decision: inout Decision) {
        state.status = .running
        let parent = state.parent.map { parent in
            [
                ("parent_execution_id", JSONValue.string(parent.executionID.description)),
                ("parent_step", .string(parent.stepName)), ("parent_attempt", .int(Int64(parent.attempt))),
            ]
        }
        record(
            .executionStarted, now: now, &decision,
            fields: [
                ("version", .int(Int64(state.workflow.version))),
                ("input", state.input),
                ("metadata", state.metadata),
            ] + (parent ?? []))
        state.startedAt = state.lastEventAt
        waitForDeadline(&decision)
        var ended: [Int] = []
        for step in definition.steps.indices where definition.steps[step].predecessors.isEmpty {
            guard isUnderWay else { return }
            start(step: step, now: now, &decision)
            if state.steps[step].status.isTerminal { ended.append(step) }
        }
        settle(ended, now: now, &decision)
    }

    private mutating func take(_ answer: AgentAnswer, of step: Int, now: Timestamp, _ decision: inout Decision) {
        state.steps[step].interruptions = 0
        decision.changedSteps.insert(step)
        switch answer {
        case .success(let output):
            record(.agentResponse, step: step, now: now, &decision, fields: [("status", "SUCCESS")])
            succeed(step: step, output, now: now, &decision)
            goOn(after: step, now: now, &decision)
        case .failure(let error):
            let located = WorkflowError(code: error.code, message: error.message, step: state.steps[step].name)
            let pause = error.retryAfterMicroseconds
            record(
                .agentResponse, step: step, now: now, &decision,
                fields: [("status", "ERROR"), ("error", located.json)]
                    + (pause > 0 ? [("retry_after_ms", .int(pause / 1000))] : []))
            failAttempt(of: step, located, noSoonerThan: pause, now: now, &decision)
        }
    }

    /// Lets an attempt have failed: another one follows, or the step has failed.
    ///
    /// - Parameter pause: The delay in microseconds before another one that was asked for.
    mutating func failAttempt(
        of step: Int, _ error: WorkflowError, noSoonerThan pause: Int64 = 0, now: Timestamp, _ decision: inout Decision
    ) {
        let located = WorkflowError(code: error.code, message: error.message, step: state.steps[step].name)
        if !scheduleRetry(of: step, after: located, noSoonerThan: pause, now: now, &decision) {
            fail(step: step, located, now: now, &decision)
            goOn(after: step, now: now, &decision)
        }
    }

    private mutating func fire(_ purpose: ExecutionTimer.Purpose, now: Timestamp, _ decision: inout Decision) {
        switch purpose {
        case .executionTimeout:
            if !endIfTimedOut(now: now, &decision) { waitForDeadline(&decision) }
        case .childTimeout(let step, _):
            decision.changedSteps.insert(step)
            endChildWait(of: step, now: now, &decision)
        case .retry(let step, _), .wait(let step):
            if let due = state.steps[step].dueAt, now < due {
                // The clock has been set back since.
                wait(step: step, &decision)
            } else if case .retry = purpose {
                retry(step: step, now: now, &decision)
            } else {
                endWait(of: step, now: now, &decision)
                goOn(after: step, now: now, &decision)
            }
        }
    }

    private mutating func resume(interrupted: Bool, now: Timestamp, _ decision: inout Decision) {
        if endIfTimedOut(now: now, &decision) { return }
        waitForDeadline(&decision)
        for step in state.steps.indices where state.steps[step].status == .waiting { wait(step: step, &decision) }
        // Listed before anything is decided: what one of them starts is called already.
        let running = state.steps.indices.filter { state.steps[$0].status == .running && loops[$0] == nil }
        for step in running where state.steps[step].status == .running {
            if childWork(of: step) != nil {
                // It goes on by itself, and is not started once more.
                waitForChild(of: step, &decision)
                continue
            }
            if interrupted {
                state.steps[step].interruptions += 1
                decision.changedSteps.insert(step)
                decision.changesState = true
            }
            guard state.steps[step].interruptions <= Limits.interruptionsPerStep else {
                let error = WorkflowError(
                    code: .interruptedTooOften,
                    message: "The coordinator died \(state.steps[step].interruptions) times while this step ran; "
                        + "look for a crash in its agent, then submit the request again under a new key.",
                    step: state.steps[step].name
                )
                fail(step: step, error, now: now, &decision)
                goOn(after: step, now: now, &decision)
                guard state.status == .running else { return }
                continue
            }
            invoke(step: step, now: now, &decision)
        }
    }
}
