import Glibc
import PerdureJSON
import Synchronization
import Testing

@testable import WorkflowCore
@testable import WorkflowRuntime

/// An agent that tells of its calls and ends them when it is let.
private struct Work: Agent {
    let name: String
    let log: Log
    let gate: Gate

    init(_ log: Log, _ gate: Gate, name: String = "work") {
        self.name = name
        self.log = log
        self.gate = gate
    }

    func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue {
        log.begin(context.workflowID, Int(arguments["number"]?.intValue ?? -1))
        await gate.pass()
        log.end()
        return arguments
    }
}

/// An agent that computes: it keeps its thread.
private struct Busy: Agent {
    let name = "busy"
    let log: Log
    let isLet: Flag

    func invoke(_ arguments: JSONValue, context: AgentContext) async throws -> JSONValue {
        log.begin(context.workflowID, Int(arguments["number"]?.intValue ?? -1))
        while !isLet.value { usleep(1000) }
        log.end()
        return arguments
    }
}

private final class Flag: Sendable {
    private let mutex = Mutex(false)
    var value: Bool {
        get { mutex.withLock { $0 } }
        set { mutex.withLock { $0 = newValue } }
    }
}

private final class Log: Sendable {
    struct Entries {
        var begun: [(workflow: String, number: Int)] = []
        var working = 0
        var mostWorking = 0
    }

    private let state = Mutex(Entries())
    var entries: Entries { state.withLock { $0 } }

    func begin(_ workflow: String, _ number: Int) {
        state.withLock {
            $0.begun.append((workflow, number))
            $0.working += 1
            $0.mostWorking = max($0.mostWorking, $0.working)
        }
    }

    func end() { state.withLock { $0.working -= 1 } }
}

/// Takes answers out of a mailbox, as many as a test asks for.
private actor Answers {
    private let mailbox: Mailbox
    private var waiting: [(ExecutionID, AgentAnswer)] = []

    init(_ mailbox: Mailbox) { self.mailbox = mailbox }

    func next(_ count: Int) async -> [(ExecutionID, AgentAnswer)] {
        while waiting.count < count, !Task.isCancelled {
            for input in await mailbox.next(room: .none, limit: 100_000, byteLimit: .max) ?? [] {
                if case .answer(let id, _, _, let answer, _) = input { waiting.append((id, answer)) }
            }
        }
        defer { waiting.removeFirst(min(count, waiting.count)) }
        return Array(waiting.prefix(count))
    }
}

@Suite struct AgentInvokerTests {
    private static func until(_ condition: () -> Bool) async {
        while !condition(), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(2)) }
    }

    @Test(.timeLimit(.minutes(1)))
    func callsBeginWhenAThreadIsFree() async {
        let (log, isLet, mailbox) = (Log(), Flag(), Mailbox())
        let invoker = AgentInvoker(
            agents: AgentRegistry([Busy(log: log, isLet: isLet)]), threads: AgentThreads(count: 2),
            environment: .passing())
        defer { invoker.stop() }
        let answers = Answers(mailbox)
        for number in 0..<10 { invoker.invoke(Invocation(number, agent: "busy"), answerTo: mailbox) }
        await Self.until { log.entries.working == 2 }
        #expect(invoker.runningCount == 2 && invoker.waitingCount == 8)
        isLet.value = true
        #expect(await answers.next(10).count == 10)
        #expect(log.entries.mostWorking == 2)
        await Self.until { invoker.runningCount == 0 }
        #expect(invoker.waitingCount == 0)
    }

    /// A call that waits for something outside leaves its thread to others.
    @Test(.timeLimit(.minutes(1)))
    func aCallThatAwaitsHoldsNoThread() async {
        let (log, gate, mailbox) = (Log(), Gate(), Mailbox())
        let invoker = AgentInvoker(
            agents: AgentRegistry([Work(log, gate)]), threads: AgentThreads(count: 1), environment: .passing())
        defer { invoker.stop() }
        let answers = Answers(mailbox)
        for number in 0..<1000 { invoker.invoke(Invocation(number), answerTo: mailbox) }
        await Self.until { log.entries.working == 1000 }
        gate.open()
        #expect(await answers.next(1000).count == 1000)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func workflowsTakeTurnsForThreadsAndPlaces(hasLimit: Bool) async {
        let (log, isLet, mailbox) = (Log(), Flag(), Mailbox())
        let invoker = AgentInvoker(
            agents: AgentRegistry([Busy(log: log, isLet: isLet)]), threads: AgentThreads(count: hasLimit ? 4 : 1),
            limits: hasLimit ? ["busy": 1] : [:], environment: .passing())
        defer { invoker.stop() }
        let answers = Answers(mailbox)
        invoker.invoke(Invocation(0, workflow: "first", agent: "busy"), answerTo: mailbox)
        await Self.until { log.entries.working == 1 }
        for number in 1...500 { invoker.invoke(Invocation(number, workflow: "many", agent: "busy"), answerTo: mailbox) }
        for number in 501...503 {
            invoker.invoke(
                Invocation(number, workflow: "few", agent: "busy", priority: number == 503 ? 9 : 4), answerTo: mailbox)
        }
        isLet.value = true
        #expect(await answers.next(504).count == 504)
        #expect(log.entries.begun.prefix(8).map(\.number) == [0, 1, 503, 2, 501, 3, 502, 4])
        #expect(log.entries.mostWorking == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func anAgentsLimitHoldsAndOthersPassIt() async {
        let (log, gate, mailbox) = (Log(), Gate(), Mailbox())
        let (otherLog, open) = (Log(), Gate())
        open.open()
        let invoker = AgentInvoker(
            agents: AgentRegistry([Work(log, gate, name: "few"), Work(otherLog, open, name: "other")]),
            threads: AgentThreads(count: 2), limits: ["few": 3], environment: .passing())
        defer { invoker.stop() }
        let answers = Answers(mailbox)
        for number in 0..<50 { invoker.invoke(Invocation(number, agent: "few"), answerTo: mailbox) }
        for number in 50..<60 { invoker.invoke(Invocation(number, agent: "other"), answerTo: mailbox) }
        #expect(
            await answers.next(10).allSatisfy { id, _ in (50..<60).contains { ExecutionID(number: $0) == id } }
        )
        await Self.until { log.entries.working == 3 }
        gate.open()
        #expect(await answers.next(50).count == 50)
        #expect(log.entries.mostWorking <= 3)
    }

    /// An agent that nobody waits for any more still works, so its place is still taken.
    @Test(.timeLimit(.minutes(1)))
    func aPlaceIsTakenUntilTheAgentReturns() async {
        let (log, gate, mailbox) = (Log(), Gate(), Mailbox())
        let invoker = AgentInvoker(
            agents: AgentRegistry([Work(log, gate)]), threads: AgentThreads(count: 2), limits: ["work": 1],
            environment: .passing())
        defer { invoker.stop() }
        let answers = Answers(mailbox)
        let timeouts = StepTimeouts(runMicroseconds: 1000)
        invoker.invoke(Invocation(1, timeouts: timeouts), answerTo: mailbox)
        let first = await answers.next(1)
        guard case .failure(let error) = first[0].1 else {
            Issue.record("no timeout: \(first)")
            return
        }
        #expect(error.code == .timeout && invoker.runningCount == 0)
        invoker.invoke(Invocation(2, timeouts: StepTimeouts(startMicroseconds: 20_000)), answerTo: mailbox)
        let second = await answers.next(1)
        guard case .failure(let late) = second[0].1 else {
            Issue.record("it began: \(second)")
            return
        }
        #expect(late.code == .startTimeout && log.entries.begun.count == 1)
        gate.open()
        invoker.invoke(Invocation(3), answerTo: mailbox)
        #expect(await answers.next(1).map(\.0) == [ExecutionID(number: 3)])
    }

    /// The time to run counts from the moment the agent begins, however long the call has waited.
    @Test(.timeLimit(.minutes(1)))
    func waitingDoesNotUseUpTheTimeToRun() async {
        let (log, isLet, mailbox) = (Log(), Flag(), Mailbox())
        let invoker = AgentInvoker(
            agents: AgentRegistry([Busy(log: log, isLet: isLet), Work(Log(), Gate())]),
            threads: AgentThreads(count: 1), environment: .passing())
        defer { invoker.stop() }
        let answers = Answers(mailbox)
        invoker.invoke(Invocation(1, agent: "busy"), answerTo: mailbox)
        await Self.until { log.entries.working == 1 }
        invoker.invoke(
            Invocation(
                2, agent: "busy",
                timeouts: StepTimeouts(runMicroseconds: 1000, heartbeatMicroseconds: 1000)), answerTo: mailbox)
        // Far longer than it may run.
        try? await Task.sleep(for: .milliseconds(50))
        #expect(invoker.waitingCount == 1)
        isLet.value = true
        let first = await answers.next(1)
        #expect(first[0].0 == ExecutionID(number: 1))
        #expect(await answers.next(1).map(\.0) == [ExecutionID(number: 2)])
        await Self.until { log.entries.begun.count == 2 }
    }

    @Test(.timeLimit(.minutes(1)))
    func aCancelledCallNeverBegins() async {
        let (log, isLet, mailbox) = (Log(), Flag(), Mailbox())
        let invoker = AgentInvoker(
            agents: AgentRegistry([Busy(log: log, isLet: isLet)]), threads: AgentThreads(count: 1),
            environment: .passing())
        defer { invoker.stop() }
        let answers = Answers(mailbox)
        for number in 0..<5 { invoker.invoke(Invocation(number, agent: "busy"), answerTo: mailbox) }
        await Self.until { log.entries.working == 1 }
        invoker.cancel(ExecutionID(number: 2), step: 0)
        invoker.cancel([ExecutionID(number: 3)])
        isLet.value = true
        #expect(Set(await answers.next(3).map(\.0)) == Set([0, 1, 4].map { ExecutionID(number: $0) }))
        #expect(log.entries.begun.map(\.number) == [0, 1, 4])
    }

    /// Two lanes may have the same execution for a moment: one that has taken it over, and one that takes a copy of its
    /// request for new.
    @Test(.timeLimit(.minutes(1)))
    func whatOneLaneGivesUpAnotherStillAwaits() async {
        let (log, isLet, mailbox) = (Log(), Flag(), Mailbox())
        let invoker = AgentInvoker(
            agents: AgentRegistry([Busy(log: log, isLet: isLet)]), threads: AgentThreads(count: 1),
            environment: .passing())
        defer { invoker.stop() }
        let answers = Answers(mailbox)
        let other = Mailbox()
        invoker.invoke(Invocation(7, agent: "busy"), lane: 0, answerTo: mailbox)
        invoker.invoke(Invocation(7, agent: "busy"), lane: 1, answerTo: other)
        invoker.cancel([ExecutionID(number: 7)], lane: 1)
        invoker.invoke(Invocation(8, agent: "busy"), lane: 0, answerTo: mailbox)
        invoker.cancel(ExecutionID(number: 8), step: 0, lane: 1)
        isLet.value = true
        #expect(Set(await answers.next(2).map(\.0)) == Set([7, 8].map { ExecutionID(number: $0) }))
        #expect(invoker.runningCount == 0 && invoker.waitingCount == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func afterAStopNoCallBegins() async {
        let (log, isLet, mailbox) = (Log(), Flag(), Mailbox())
        let invoker = AgentInvoker(
            agents: AgentRegistry([Busy(log: log, isLet: isLet)]), threads: AgentThreads(count: 1),
            environment: .passing())
        let answers = Answers(mailbox)
        for number in 0..<5 { invoker.invoke(Invocation(number, agent: "busy"), answerTo: mailbox) }
        await Self.until { log.entries.working == 1 }
        invoker.stop()
        isLet.value = true
        #expect(await answers.next(1).count == 1)
        await Self.until { invoker.runningCount == 0 }
        invoker.invoke(Invocation(6, agent: "busy"), answerTo: mailbox)
        #expect(log.entries.begun.count == 1 && invoker.waitingCount == 4)
    }

    /// They hold no thread and no task, and going through them is quick.
    @Test(.timeLimit(.minutes(10)))
    func aHundredThousandCallsWait() async {
        let (log, gate, mailbox) = (Log(), Gate(), Mailbox())
        let invoker = AgentInvoker(
            agents: AgentRegistry([Work(log, gate)]), threads: AgentThreads(count: 2), limits: ["work": 8],
            environment: .passing())
        defer { invoker.stop() }
        let answers = Answers(mailbox)
        let timeouts = StepTimeouts(startMicroseconds: 3_600_000_000)
        for number in 0..<100_000 {
            invoker.invoke(Invocation(number, workflow: "w\(number % 7)", timeouts: timeouts), answerTo: mailbox)
        }
        await Self.until { log.entries.working == 8 }
        #expect(invoker.waitingCount == 100_000 - 8)
        for number in 50_000..<100_000 { invoker.cancel(ExecutionID(number: number), step: 0) }
        gate.open()
        #expect(await answers.next(50_000).count == 50_000)
        #expect(log.entries.mostWorking <= 8)
    }
}
