import FoundationEssentials
import Testing
import WorkflowCore

@testable import WorkflowRuntime

@Suite struct AgentCallTests {
    private static func call(_ timeouts: StepTimeouts, at seconds: Int = 0) -> AgentCall {
        AgentCall(number: 1, Invocation(1, timeouts: timeouts), answerTo: Mailbox(), at: .seconds(seconds))
    }

    @Test func whatRunsOutFirstIsNamed() {
        let second: Int64 = 1_000_000
        let call = Self.call(
            StepTimeouts(
                startMicroseconds: 5 * second, runMicroseconds: 10 * second, heartbeatMicroseconds: 4 * second,
                totalMicroseconds: 15 * second))
        #expect(call.nextLimit?.due == .seconds(5) && call.nextLimit?.limit == .start)
        #expect(call.look(at: .milliseconds(4_999)) == nil)
        #expect(call.look(at: .seconds(5))?.code == .startTimeout)
        // It begins late: from here on the time to start does not matter, and the others count from here.
        #expect(call.begin(at: .seconds(4)))
        #expect(call.nextLimit?.due == .seconds(8) && call.nextLimit?.limit == .heartbeat)
        #expect(call.look(at: .seconds(8))?.code == .heartbeatTimeout)
        call.beat(at: .seconds(7))
        #expect(call.look(at: .seconds(8)) == nil)
        call.beat(at: .seconds(11))
        #expect(call.nextLimit?.due == .seconds(14) && call.nextLimit?.limit == .run)
        #expect(call.look(at: .seconds(14))?.code == .timeout)
    }

    @Test func theTotalCountsWhileTheCallWaits() {
        let call = Self.call(StepTimeouts(totalMicroseconds: 1_000_000), at: 100)
        #expect(call.look(at: .seconds(101))?.code == .totalTimeout)
        #expect(call.begin(at: .seconds(100)))
        #expect(call.nextLimit?.due == .seconds(101) && call.nextLimit?.limit == .total)
    }

    @Test func withoutLimitsThereIsNothingToWatch() {
        let call = Self.call(StepTimeouts(runMicroseconds: 1))
        // Nothing runs out before the agent begins.
        #expect(call.nextLook() == nil && call.look(at: .seconds(1 << 40)) == nil)
        #expect(call.begin(at: .zero) && call.nextLook() == .microseconds(1))
    }

    /// One entry of the watch for each call is enough: a later one would only come to look again.
    @Test func theWatchIsAskedOnlyForEarlierLooks() {
        let call = Self.call(StepTimeouts(startMicroseconds: 5_000_000, runMicroseconds: 1_000_000))
        #expect(call.nextLook() == .seconds(5))
        #expect(call.nextLook() == nil)
        #expect(call.begin(at: .seconds(1)))
        #expect(call.nextLook() == .seconds(2))
        #expect(call.look(at: .milliseconds(1_500)) == nil)
        #expect(call.nextLook() == nil)
        #expect(call.look(at: .seconds(2))?.code == .timeout)
    }

    @Test func aCallThatIsOverDoesNotBegin() {
        let call = Self.call(StepTimeouts())
        call.end()
        #expect(call.isOver && !call.begin(at: .zero))
    }

    @Test(
        arguments: [(nil, nil, nil), (5, nil, 105), (nil, 200, 200), (5, 200, 105), (500, 200, 200)]
            as [(Int?, Int?, Int?)])
    func theAgentSeesTheEarliestDeadline(run: Int?, deadline: Int?, expected: Int?) {
        func time(_ seconds: Int?) -> Timestamp? {
            seconds.map { Timestamp(microsecondsSinceEpoch: Int64($0) * 1_000_000) }
        }
        let timeouts = StepTimeouts(runMicroseconds: run.map { Int64($0) * 1_000_000 })
        let call = AgentCall(
            number: 1, Invocation(1, timeouts: timeouts, deadline: time(deadline)), answerTo: Mailbox(), at: .zero)
        let environment = RuntimeEnvironment.passing { Timestamp(microsecondsSinceEpoch: 100_000_000) }
        #expect(AgentContext(call, environment: environment).deadline == time(expected))
    }
}
