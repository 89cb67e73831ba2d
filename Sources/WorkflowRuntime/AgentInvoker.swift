import PerdureJSON
import Synchronization
import WorkflowCore

/// Calls agents and brings their answers back; one task for each call under way.
final class AgentInvoker: Sendable {
    private struct Call: Hashable {
        let execution: ExecutionID
        let step: Int
    }

    private struct Running {
        let number: UInt64
        let work: Task<Void, Never>
        let watch: Task<Void, Never>?

        func cancel() {
            work.cancel()
            watch?.cancel()
        }
    }

    private struct State {
        var running: [Call: Running] = [:]
        var lastNumber: UInt64 = 0
        var isStopped = false
    }

    private let agents: AgentRegistry
    private let executor: any TaskExecutor
    private let environment: RuntimeEnvironment
    private let state = Mutex(State())

    /// - Parameter executor: What agents run on.
    init(agents: AgentRegistry, executor: any TaskExecutor, environment: RuntimeEnvironment) {
        self.agents = agents
        self.executor = executor
        self.environment = environment
    }

    /// Starts a call; its answer, or that it took too long, is posted to `mailbox`.
    func invoke(_ invocation: Invocation, answerTo mailbox: Mailbox) {
        let call = Call(execution: invocation.executionID, step: invocation.step)
        let limits = CallLimits(invocation.timeouts, environment)
        state.withLock { state in
            guard !state.isStopped else { return }
            state.lastNumber += 1
            let number = state.lastNumber
            let context = AgentContext(
                invocation, deadline: limits.lifetime.map { environment.now().advanced(by: $0) },
                heartbeat: { limits.beat() }
            )
            let work = Task(executorPreference: executor) { [self] in
                let (answer, byteCount) = await answer(to: invocation, context)
                settle(call, number, with: answer, byteCount, of: invocation, mailbox)
            }
            // Apart from the work, which may compute on without looking whether anybody still waits.
            let watch =
                limits.isLimited
                ? Task(executorPreference: environment.executor) { [self] in
                    guard let error = await limits.expiry() else { return }
                    settle(call, number, with: .failure(error), 0, of: invocation, mailbox)
                } : nil
            state.running[call] = Running(number: number, work: work, watch: watch)
        }
    }

    /// Takes the first answer of a call and ends the rest of it. What comes later, or after the call was given up, is
    /// nobody's any more; its place may belong to a later call already.
    private func settle(
        _ call: Call, _ number: UInt64, with answer: AgentAnswer, _ byteCount: Int, of invocation: Invocation,
        _ mailbox: Mailbox
    ) {
        let running = state.withLock { state -> Running? in
            guard state.running[call]?.number == number else { return nil }
            // Posted before it is forgotten, so that at shutdown an answer is never nowhere.
            mailbox.post(
                .answer(
                    invocation.executionID, step: invocation.step, attempt: invocation.attempt, answer,
                    byteCount: byteCount
                ))
            return state.running.removeValue(forKey: call)
        }
        running?.cancel()
    }

    /// Stops waiting for a step's agent.
    func cancel(_ execution: ExecutionID, step: Int) {
        let call = Call(execution: execution, step: step)
        state.withLock { $0.running.removeValue(forKey: call) }?.cancel()
    }

    /// Stops waiting for every agent of these executions.
    func cancel(_ executions: Set<ExecutionID>) {
        let tasks = state.withLock { state in
            let calls = state.running.keys.filter { executions.contains($0.execution) }
            return calls.compactMap { state.running.removeValue(forKey: $0) }
        }
        // In the order in which they began, so that a simulation from the same seed goes the same way.
        for task in tasks.sorted(by: { $0.number < $1.number }) { task.cancel() }
    }

    /// Starts no further calls.
    func stop() {
        state.withLock { $0.isStopped = true }
    }

    /// How many calls are under way.
    var runningCount: Int { state.withLock { $0.running.count } }

    /// The answer, and how many bytes it adds to a commit.
    private func answer(
        to invocation: Invocation, _ context: AgentContext
    ) async -> (AgentAnswer, byteCount: Int) {
        guard let agent = agents[invocation.agent] else {
            let message =
                "This coordinator has no agent '\(invocation.agent)'; register it and submit the request again."
            return (.failure(WorkflowError(code: .unknownAgent, message: message)), 0)
        }
        do {
            let output = try await agent.invoke(invocation.arguments, context: context)
            return Self.checked(output)
        } catch let error as WorkflowError {
            return (.failure(error), 0)
        } catch {
            return (.failure(WorkflowError(code: .agentError, message: "\(error)")), 0)
        }
    }

    /// Refuses outputs that the tables could not hold, before they get near a commit that others share.
    private static func checked(_ output: JSONValue) -> (AgentAnswer, byteCount: Int) {
        let encoded = output.jsonBytes
        guard encoded.count <= Limits.stepOutputBytes else {
            let message =
                "The output has \(encoded.count) bytes and the limit is \(Limits.stepOutputBytes); "
                + "store it elsewhere and return a reference."
            return (.failure(WorkflowError(code: .outputTooLarge, message: message)), 0)
        }
        do {
            let limits = JSONLimits(
                maximumDepth: Limits.jsonDepth, maximumByteCount: Limits.stepOutputBytes, allowsNUL: false)
            return (.success(try JSONValue(parsing: encoded, limits: limits)), encoded.count)
        } catch {
            return (
                .failure(WorkflowError(code: .agentError, message: "The output cannot be stored: \(error.message)")), 0
            )
        }
    }
}
