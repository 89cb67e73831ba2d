import FoundationEssentials
import PerdureJSON
import TestSupport
import Testing
import WorkflowCore

/// One execution of a random workflow, driven from its request to its end: what comes when is drawn from a seed, and what
/// agents answer follows from what they are asked.
struct LanguageRun {
    /// How hard the run is made.
    struct Weather {
        /// How many of a hundred attempts fail.
        var failurePercent: UInt64 = 0
        /// How many of a hundred steps of the run are followed by a takeover from what is stored.
        var takeoverPercent: UInt64 = 0
        /// After how many steps it is cancelled.
        var cancelAfter: Int?
    }

    private(set) var events: [JournalEvent] = []
    private(set) var execution: Execution
    private(set) var stored: StoredExecution
    private var open: [Invocation] = []
    private var timers: [ExecutionTimer] = []
    private var signals: [String]
    private var now: Timestamp
    private let weather: Weather

    static let noon = Timestamp(microsecondsSinceEpoch: 1_795_363_200_000_000)

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - orderSeed: What the order is drawn from in which things come.
    ///   - takeoverSeed: What the takeovers are drawn from, apart from the order.
    init(_ workflow: RandomLanguage, _ weather: Weather, orderSeed: UInt64, takeoverSeed: UInt64 = 0) throws {
        self.weather = weather
        now = Self.noon
        signals = workflow.signals
        let state = ExecutionState(
            id: ExecutionID(now: Self.noon, randomBits: 1, 2), workflow: workflow.definition.reference,
            stepNames: workflow.definition.steps.map(\.name), input: ["x": 1], createdAt: Self.noon)
        execution = Execution(definition: workflow.definition, state: state)
        let decision = execution.handle(.accepted, now: now)
        stored = StoredExecution(execution.state, decision)
        note(decision)
        try drive(SplitMix(seed: orderSeed), SplitMix(seed: takeoverSeed))
    }

    var state: ExecutionState { execution.state }

    private mutating func note(_ decision: Decision) {
        events += decision.events
        open += decision.invocations
        open.removeAll { decision.abandonedSteps.contains($0.step) }
        timers += decision.timers
        timers.removeAll { !execution.awaits($0.purpose) }
    }

    private mutating func take(_ arrival: Arrival) {
        let decision = execution.handle(arrival, now: now)
        stored.commit(execution.state, decision)
        note(decision)
    }

    private mutating func drive(_ order: SplitMix, _ takeovers: SplitMix) throws {
        var (order, takeovers) = (order, takeovers)
        var turn = 0
        while !state.status.isTerminal {
            turn += 1
            try #require(turn < 20_000, "the run does not end")
            now = now.advanced(byMicroseconds: 1000)
            if takeovers.isTrue(percent: weather.takeoverPercent) { try takeOver() }
            if turn == weather.cancelAfter {
                take(.cancelRequested(reason: "enough"))
                continue
            }
            // By name, so that the order is the same whether or not there was a takeover.
            open.sort { $0.stepName < $1.stepName }
            timers.sort { "\($0.purpose)" < "\($1.purpose)" }
            let choices = open.count + timers.count + signals.count
            try #require(choices > 0, "nothing is awaited and the execution has not ended")
            let choice = Int(order.next() % UInt64(choices))
            if choice < open.count {
                let call = open.remove(at: choice)
                take(.answered(step: call.step, attempt: call.attempt, answer(call)))
            } else if choice < open.count + timers.count {
                let timer = timers.remove(at: choice - open.count)
                now = max(now, timer.due)
                take(.timerFired(timer.purpose))
            } else {
                let name = signals.remove(at: choice - open.count - timers.count)
                take(.signalReceived(name: name, payload: .string("payload of \(name)")))
            }
        }
    }

    /// Goes on from what is stored, as an heir does.
    private mutating func takeOver() throws {
        let loaded = try stored.loaded()
        #expect(loaded == execution.state)
        execution = Execution(definition: execution.definition, state: loaded)
        let before = Set(open.map { "\($0.stepName)/\($0.attempt)" })
        open = []
        timers = []
        take(.takenOver(interrupted: false))
        #expect(Set(open.map { "\($0.stepName)/\($0.attempt)" }) == before)
    }

    /// What an agent answers: it follows from the call, and from nothing else.
    private func answer(_ call: Invocation) -> AgentAnswer {
        let hash = Self.hash("\(call.stepName)/\(call.attempt)")
        if hash % 100 < weather.failurePercent {
            return .failure(WorkflowError(code: WorkflowError.Code(rawValue: "FLAKY"), message: "no luck"))
        }
        return .success([
            "by": .string(call.stepName), "of": .int(Int64(Self.hash(call.arguments.jsonText) % 1_000_003)),
        ])
    }

    /// FNV-1a, with a last step that mixes what it leaves in order.
    private static func hash(_ text: String) -> UInt64 {
        var random = SplitMix(seed: text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
        return random.next()
    }
}
