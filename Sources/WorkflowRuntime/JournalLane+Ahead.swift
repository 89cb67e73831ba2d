import WorkflowCore

extension JournalLane {
    /// How long a commit waits for the agents of pure steps. Long enough for what only computes a little; a slower answer
    /// comes with a later commit, as any other.
    private static let aheadPatience = Duration.milliseconds(2)

    /// Calls the agents of pure steps before the commit that records them, and takes in what they answer at once; so a
    /// run of quick pure steps becomes one commit.
    ///
    /// They may be called again after a crash without harm, which is what the definition says of them. Nothing of what
    /// they gave leaves the process before the commit.
    func runAhead(_ batch: inout LaneBatch) async {
        var calls = batch.takePureInvocations()
        guard !calls.isEmpty else { return }
        let answers = Mailbox()
        let environment = environment
        let alarm = Task(executorPreference: environment.executor) {
            try? await environment.sleep(Self.aheadPatience)
            answers.close()
        }
        var underWay = 0
        var bytes = 0
        while bytes < Self.batchBytes {
            for call in calls where isAwaited(call) {
                invoker.invoke(call, lane: index, answerTo: answers)
                underWay += 1
            }
            calls = []
            guard underWay > 0,
                let inputs = await answers.next(room: .none, limit: .max, byteLimit: Self.batchBytes)
            else { break }
            for input in inputs {
                bytes += input.byteCount
                guard case .answer(let id, let step, let attempt, let answer, _) = input else { continue }
                underWay -= 1
                advance(id, .answered(step: step, attempt: attempt, answer), in: &batch)
            }
            calls = batch.takePureInvocations()
        }
        // What there was no room for any more is called after the commit; what answers later answers as usual.
        batch.invocations += calls
        answers.forward(to: mailbox)
        alarm.cancel()
    }
}
