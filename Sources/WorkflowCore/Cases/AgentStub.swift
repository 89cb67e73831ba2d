/// What stands in for an agent in a case: the answers that its calls get.
struct AgentStub: Sendable {
    /// One answer.
    struct Answer: Sendable {
        /// What is answered.
        enum Content: Sendable {
            /// The output; its expressions see the call.
            case output(Template)
            /// An error.
            case error(WorkflowError)
        }

        /// What is answered.
        let content: Content
        /// How long the agent takes by the clock of the case, in microseconds.
        let delayMicroseconds: Int64
        /// How long the call waits before the agent begins, in microseconds.
        var beginMicroseconds: Int64 = 0
        /// After how long the agent gives no sign of life any more, in microseconds; nil when it gives them all the time.
        var silentMicroseconds: Int64?
    }

    /// Whose calls it answers: a step, an instance of one, or an agent.
    let name: String
    /// Where it is in the file.
    let place: DefinitionPlace
    /// One for each attempt, at least one; the last is for all attempts that follow.
    let answers: [Answer]

    /// The answer for an attempt, from 1.
    func answer(forAttempt attempt: Int) -> Answer? {
        answers.isEmpty ? nil : answers[min(max(attempt, 1), answers.count) - 1]
    }
}

extension Sequence<AgentStub> {
    /// The stub for a call: that of the very instance, else that of its step, else that of the agent.
    func stub(forStep step: String, agent: String) -> AgentStub? {
        for name in [step, step.withoutItemNumber, agent] {
            if let stub = first(where: { $0.name == name }) { return stub }
        }
        return nil
    }
}

extension String {
    /// `each` of `each[17]`, `nights.compensate` of `nights[3].compensate`; any other text as it is.
    var withoutItemNumber: String {
        guard let start = firstIndex(of: "["), let end = firstIndex(of: "]"), start < end else { return self }
        return String(self[..<start] + self[index(after: end)...])
    }
}
