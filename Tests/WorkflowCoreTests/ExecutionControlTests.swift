import PerdureJSON
import Testing

@testable import WorkflowCore

/// What follows when somebody asks something of an execution.
@Suite struct ExecutionControlTests {
    private static let fan = """
        workflow: w
        steps:
          a: { agent: work, retry: { max_attempts: 3, delay: 1h } }
          b: { agent: work }
          c: { agent: work, needs: [a] }
        """

    @Test func cancellingEndsWhatRunsAndWhatWaits() throws {
        var run = try Run(Self.fan)
        run.handle(.accepted)
        try run.fail("a", WorkflowError(code: .agentError, message: "not now"))
        let decision = run.handle(.cancelRequested(reason: "not needed any more"))
        #expect(decision.lines == ["STEP_CANCELLED a", "STEP_CANCELLED b", "EXECUTION_CANCELLED"])
        let error: JSONValue = ["code": "CANCELLED", "message": "not needed any more"]
        #expect(
            try decision.events.last?.json == [
                "event_type": "EXECUTION_CANCELLED", "execution_id": .string(someID.description), "workflow_id": "w",
                "sequence": .int(run.state.sequence), "status": "CANCELLED", "error": error,
            ])
        #expect(decision.abandonedSteps == [0, 1] && decision.changedSteps == [0, 1, 2])
        #expect(decision.changesState && decision.refusal == nil)
        #expect(run.state.status == .cancelled && run.state.completedAt == decision.events.last?.timestamp)
        #expect(run.state.steps.allSatisfy { $0.status == .cancelled && $0.dueAt == nil })
        #expect(
            ExecutionResult(run.state)?.json == [
                "status": "CANCELLED", "execution_id": .string(someID.description), "error": error,
            ])
        // What its agents still answer is nobody's any more.
        #expect(try run.succeed("b").events.isEmpty)
        #expect(decision.events.last?.type.endsExecution == true)
    }

    @Test func cancellingNeedsNoReason() throws {
        var run = try Run(Self.fan)
        run.handle(.accepted)
        run.handle(.cancelRequested(reason: nil))
        #expect(run.state.error?.code == .cancelled)
        #expect(run.state.error?.message == "The execution was cancelled by request.")
    }

    @Test func aSignalIsKeptUntilAStepTakesIt() throws {
        var run = try Run(Self.fan)
        run.handle(.accepted)
        let decision = run.handle(.signalReceived(name: "approved", payload: ["by": "ann"]))
        #expect(decision.lines == ["SIGNAL_RECEIVED"] && decision.changesState && decision.changedSteps.isEmpty)
        #expect(
            try decision.events[0].json == [
                "event_type": "SIGNAL_RECEIVED", "execution_id": .string(someID.description), "workflow_id": "w",
                "sequence": 6, "name": "approved", "payload": ["by": "ann"],
            ])
        #expect(decision.events[0].type.cloudEventType == "perdure.signal.received")
        run.handle(.signalReceived(name: "rejected", payload: 2))
        run.handle(.signalReceived(name: "approved", payload: 3))
        try run.reload()
        var signals = run.state.signals
        #expect(signals.take("approved") == ["by": "ann"])
        #expect(signals.take("approved") == 3)
        #expect(signals.take("approved") == nil)
        #expect(signals.take("rejected") == 2)
        #expect(signals.all.isEmpty)
    }

    @Test func signalsThatNobodyTakesAreFew() throws {
        var run = try Run(Self.fan)
        run.handle(.accepted)
        for number in 1...Limits.signalsWaiting {
            let decision = run.handle(.signalReceived(name: "s", payload: .int(Int64(number))))
            #expect(decision.refusal == nil)
        }
        let before = run.state
        let decision = run.handle(.signalReceived(name: "s", payload: 0))
        #expect(decision.refusal?.code == .tooManySignals)
        #expect(!decision.changesState && decision.events.isEmpty && run.state == before)
    }

    @Test func signalsThatNobodyTakesAreSmall() throws {
        var run = try Run(Self.fan)
        run.handle(.accepted)
        let large = JSONValue.string(String(repeating: "x", count: Limits.signalPayloadBytes - 2))
        var taken = 0
        while run.handle(.signalReceived(name: "s", payload: large)).refusal == nil { taken += 1 }
        #expect(taken == 3)
        #expect(run.state.signals.approximateByteCount <= Limits.signalBytesWaiting)
        // A smaller one still has its place, and once a step has taken some there is room again.
        #expect(run.handle(.signalReceived(name: "s", payload: 1)).refusal == nil)
    }

    @Test(arguments: [Arrival.cancelRequested(reason: nil), .signalReceived(name: "s", payload: 1)])
    func whatHasEndedRefuses(arrival: Arrival) throws {
        var run = try Run(Self.fan)
        run.handle(.accepted)
        run.handle(.cancelRequested(reason: nil))
        let before = run.state
        let decision = run.handle(arrival)
        #expect(decision.refusal == .ended(someID, as: .cancelled))
        #expect(decision.refusal?.code == .executionEnded)
        #expect(!decision.changesState && decision.events.isEmpty && run.state == before)
    }
}
