extension HistoryReplay {
    /// Starts a child, and notes what is known of its end.
    mutating func run(_ child: ChildRequest) {
        let (step, number, name) = (child.parent.step, child.parent.attempt, child.parent.stepName)
        let attempt = RecordedAnswers.Attempt(step: name, number: number)
        guard let started = recorded.children[attempt] else {
            if let failure = recorded.failures[attempt] {
                // It was refused then, and who knows whether it would be now.
                agenda.add(
                    .childRefused(step: step, attempt: number, failure.error), at: max(failure.time, now))
                return
            }
            let which = number == 1 ? "" : ", attempt \(number),"
            note(
                .init(
                    .unanswered, step: name,
                    "'\(name.withoutItemNumber)'\(which) would run the workflow '\(child.workflowID)', and there is no "
                        + "recorded answer"), of: step, attempt: number)
            return
        }
        if number == 1 {
            if started.id != child.workflowID {
                note(
                    .init(
                        .agent, step: name,
                        "'\(name.withoutItemNumber)' would run the workflow '\(child.workflowID)' and not '\(started.id)'"
                    ),
                    of: step, attempt: number)
            }
            compare(child.input, of: step, named: name)
        }
        take(.childStarted(step: step, attempt: number, started))
        // Without an end it was given up; whether that is so again is seen in the end.
        guard let end = recorded.childEnds[attempt] else { return }
        let result: ExecutionResult =
            switch end.content {
            case .success(let output): .success(child.id, output: output)
            case .failure(let error): .failure(child.id, status: end.status, error)
            }
        agenda.add(.childEnded(step: step, attempt: number, result), at: max(end.time, now))
    }
}
