import PerdureJSON
import Synchronization
import WorkflowCore

/// Calls agents and brings their answers back.
///
/// A call begins when its turn has come and a thread is free; until then it holds neither a thread nor a task. The turns
/// are those of `CallQueue`.
final class AgentInvoker: Sendable {
    private let agents: AgentRegistry
    private let threads: AgentThreads?
    private let environment: RuntimeEnvironment
    private let book: CallBook
    /// Apart from the work, which may compute on without looking whether anybody still waits.
    private let watch: Alarm<AgentCall>

    /// - Parameters:
    ///   - threads: What agents run on; nil for the environment's executor, where a call begins as soon as it is its
    ///     turn.
    ///   - limits: How many calls of an agent may be at work at once; agents not named have no limit.
    init(
        agents: AgentRegistry, threads: AgentThreads?, limits: [String: Int] = [:], environment: RuntimeEnvironment
    ) {
        self.agents = agents
        self.threads = threads
        self.environment = environment
        let book = CallBook(limits: limits)
        self.book = book
        watch = Alarm(environment: environment, now: { environment.uptime().wholeMicroseconds }) { call in
            !call.isOver
        } ring: { call in
            if let error = call.look(at: environment.uptime()) { book.settle(call, with: .failure(error), 0) }
            return call.isOver ? nil : call.nextLook()?.wholeMicroseconds
        }
        threads?.whenFree { [weak self] in self?.beginNext() }
    }

    /// Makes a call of a lane when its turn comes; its answer, or that it took too long, is posted to `mailbox`.
    func invoke(_ invocation: Invocation, lane: Int = 0, answerTo mailbox: Mailbox) {
        guard
            let (call, isReady) = book.add(
                invocation, lane: lane, answerTo: mailbox, at: environment.uptime())
        else { return }
        look(after: call)
        if isReady { offer() }
    }

    private func look(after call: AgentCall) {
        if let due = call.nextLook() { watch.add(call, due: due.wholeMicroseconds) }
    }

    /// A call needs nothing but a thread.
    private func offer() {
        if let threads { threads.offer() } else { beginNext() }
    }

    private func beginNext() {
        let executor: (any TaskExecutor)? = threads ?? environment.executor
        book.begin { call in Task(executorPreference: executor) { [self] in await work(on: call) } }
    }

    /// What is needed once the agent has answered stays out of this frame: there are as many as agents that wait.
    private func work(on call: AgentCall) async {
        if call.begin(at: environment.uptime()) {
            look(after: call)
            if let agent = agents[call.invocation.agent] {
                let result: Result<JSONValue, any Error>
                do {
                    result = .success(
                        try await agent.invoke(
                            call.invocation.arguments, context: AgentContext(call, environment: environment)))
                } catch {
                    result = .failure(error)
                }
                settle(call, result)
            } else {
                settleWithoutAgent(call)
            }
        }
        if book.leave(call.invocation.agent) { offer() }
    }

    /// Stops waiting for a step's agent.
    func cancel(_ execution: ExecutionID, step: Int, lane: Int = 0) {
        book.cancel(AgentCall.ID(execution: execution, step: step, lane: lane))
    }

    /// Stops waiting for every agent of a lane's executions.
    func cancel(_ executions: Set<ExecutionID>, lane: Int = 0) { book.cancel(executions, lane: lane) }

    /// Starts no further calls; those that wait are left to whoever takes their executions over.
    func stop() { book.stop() }

    /// How many calls are at work.
    var runningCount: Int { book.runningCount }

    /// How many calls wait for their turn.
    var waitingCount: Int { book.waitingCount }

    @inline(never)
    private func settle(_ call: AgentCall, _ result: Result<JSONValue, any Error>) {
        let (answer, byteCount) =
            switch result {
            case .success(let output): Self.checked(output)
            case .failure(let error as WorkflowError): (.failure(error), 0)
            case .failure(let error): (.failure(WorkflowError(code: .agentError, message: "\(error)")), 0)
            }
        book.settle(call, with: answer, byteCount)
    }

    @inline(never)
    private func settleWithoutAgent(_ call: AgentCall) {
        let message =
            "This coordinator has no agent '\(call.invocation.agent)'; register it and submit the request again."
        book.settle(call, with: .failure(WorkflowError(code: .unknownAgent, message: message)), 0)
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
