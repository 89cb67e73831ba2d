import PerdureJSON

/// One case of a file of cases: a request, what stands in for the world, and what is expected.
public struct WorkflowCase: Sendable {
    /// A signal that is sent while the execution is under way.
    struct TimedSignal: Sendable {
        /// What comes.
        let signal: WaitingSignals.Signal
        /// When, in microseconds from the start.
        let offsetMicroseconds: Int64
        /// The code with which it is expected to be refused; nil when it is expected to be taken.
        let refusal: String?
    }

    /// A tick of the definition's schedule, with its place in the file.
    struct Tick: Sendable {
        let time: Timestamp
        let place: DefinitionPlace
    }

    /// What the case is called.
    public let name: String
    /// The line of the file where it begins, from 1.
    public let line: Int
    /// The members `input`, `metadata` and `priority` of the request, as far as the case has them.
    let request: JSONObject
    /// The tick that starts it, in the place of a request; nil when there is a request.
    let tick: Tick?
    /// What the clock says at the start.
    let start: Timestamp
    /// What stands in for the agents.
    let stubs: [AgentStub]
    /// The signals that come from outside.
    let signals: [TimedSignal]
    /// When somebody asks for the end, in microseconds from the start; nil when nobody does.
    let cancelMicroseconds: Int64?
    /// How far the case goes, in microseconds from the start; nil for as long as anything happens.
    let limitMicroseconds: Int64?
    /// What is expected.
    let expectation: CaseExpectation

    /// What the clock says at the start of a case that does not say so itself: a Monday, 2026-01-05T09:00:00Z.
    static let standardStart = Timestamp(microsecondsSinceEpoch: 1_767_603_600_000_000)
}
