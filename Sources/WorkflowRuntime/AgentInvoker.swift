import Logging
import PerdureJSON
import Synchronization
import WorkflowCore

/// Calls agents and brings their answers back; one task for each call under way.
final class AgentInvoker: Sendable {
    private struct Call: Hashable {
        let execution: ExecutionID
        let step: Int
    }

    private struct State {
        var running: [Call: (number: UInt64, task: Task<Void, Never>)] = [:]
        var lastNumber: UInt64 = 0
        var isStopped = false
    }

    private let agents: AgentRegistry
    private let threads: AgentThreads
    private let logger: Logger
    private let state = Mutex(State())

    init(agents: AgentRegistry, threads: AgentThreads, logger: Logger) {
        self.agents = agents
        self.threads = threads
        self.logger = logger
    }

    /// Starts a call; its answer is posted to `mailbox`.
    func invoke(_ invocation: Invocation, answerTo mailbox: Mailbox) {
        let call = Call(execution: invocation.executionID, step: invocation.step)
        state.withLock { state in
            guard !state.isStopped else { return }
            state.lastNumber += 1
            let number = state.lastNumber
            let task = Task(executorPreference: threads) { [self] in
                let (answer, byteCount) = await answer(to: invocation)
                // A cancelled call is one that nobody waits for; its place may belong to a later call already.
                guard !Task.isCancelled else { return }
                // Posted before it is forgotten, so that at shutdown an answer is never nowhere.
                defer { forget(call, number: number) }
                mailbox.post(
                    .answer(
                        invocation.executionID, step: invocation.step, attempt: invocation.attempt, answer,
                        byteCount: byteCount
                    ))
            }
            state.running[call] = (number, task)
        }
    }

    /// Stops waiting for a step's agent.
    func cancel(_ execution: ExecutionID, step: Int) {
        let call = Call(execution: execution, step: step)
        state.withLock { $0.running.removeValue(forKey: call) }?.task.cancel()
    }

    /// Stops waiting for every agent of these executions.
    func cancel(_ executions: Set<ExecutionID>) {
        let tasks = state.withLock { state in
            let calls = state.running.keys.filter { executions.contains($0.execution) }
            return calls.compactMap { state.running.removeValue(forKey: $0)?.task }
        }
        for task in tasks { task.cancel() }
    }

    /// Starts no further calls.
    func stop() {
        state.withLock { $0.isStopped = true }
    }

    /// How many calls are under way.
    var runningCount: Int { state.withLock { $0.running.count } }

    /// Forgets a call, unless a later one has taken its place.
    private func forget(_ call: Call, number: UInt64) {
        state.withLock { state in
            if state.running[call]?.number == number { state.running[call] = nil }
        }
    }

    /// The answer, and how many bytes it adds to a commit.
    private func answer(to invocation: Invocation) async -> (AgentAnswer, byteCount: Int) {
        guard let agent = agents[invocation.agent] else {
            let message =
                "This coordinator has no agent '\(invocation.agent)'; register it and submit the request again."
            return (.failure(WorkflowError(code: .unknownAgent, message: message)), 0)
        }
        do {
            let output = try await agent.invoke(invocation.arguments, context: AgentContext(invocation))
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
