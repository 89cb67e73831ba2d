import PerdureJSON

extension HistoryReplay {
    /// Everything that is different, in the order of time.
    func differences() -> [HistoryDifference] {
        var all = met
        for step in execution.state.steps.indices { all += differences(of: step) }
        let names = Set(execution.state.steps.map(\.name))
        let isOpen = !execution.state.status.isTerminal
        for step in record.steps where !names.contains(step.name) {
            // Instances of what is left open may still come.
            guard let time = step.startedAt, !(isOpen && step.name != step.name.withoutItemNumber),
                !(isOpen && step.isAftermath), step.status != .skipped
            else { continue }
            all.append(
                (
                    time,
                    .init(
                        .status, step: step.name,
                        "'\(step.name.withoutItemNumber)' would not be there, and had ended as \(step.status.rawValue)")
                ))
        }
        let sorted = all.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        let found = sorted.map(\.element.difference)
        if isOpen, found.isEmpty { return [.init(.waiting, "the execution would not end")] }
        return found + ends()
    }

    // MARK: - Steps

    private func differences(of step: Int) -> [(time: Timestamp, difference: HistoryDifference)] {
        let found = execution.state.steps[step]
        let time = found.completedAt ?? found.startedAt ?? execution.state.lastEventAt
        let name = found.name.withoutItemNumber
        guard found.status.isTerminal else { return open(step, found) }
        guard let before = recordedSteps[found.name] else {
            // A call that has no answer is noted already.
            guard found.startedAt != nil, found.status != .skipped, found.status != .cancelled
            else { return [] }
            return [
                (
                    found.startedAt ?? time,
                    .init(.status, step: found.name, "'\(name)' would be there, and end as \(found.status.rawValue)")
                )
            ]
        }
        if Set([found.status, before.status]) == [.success, .compensated] {
            // Effects are undone at the end, whenever they had come about.
            guard execution.state.status.isTerminal else { return [] }
            let end = record.events.last?.timestamp ?? time
            return [(end, statusDifference(found, before))]
        }
        guard found.status == before.status else {
            return [(min(time, before.completedAt ?? before.startedAt ?? time), statusDifference(found, before))]
        }
        if found.status == .failed, found.error?.code != before.error?.code {
            return [
                (
                    time,
                    .init(
                        .status, step: found.name,
                        "'\(name)' would fail with \(found.error?.code.rawValue ?? "no error"), and had failed with "
                            + (before.error?.code.rawValue ?? "no error"))
                )
            ]
        }
        return valueDifferences(found, before, time)
    }

    private func statusDifference(_ found: StepState, _ before: ExecutionRecord.Step) -> HistoryDifference {
        HistoryDifference(
            .status, step: found.name,
            "'\(found.name.withoutItemNumber)' would end as \(Self.text(found.status, found.error)), and had ended as "
                + Self.text(before.status, before.error))
    }

    /// What differs in the list of a `foreach`, and in what a step gave. Arguments were compared when they were met.
    private func valueDifferences(
        _ found: StepState, _ before: ExecutionRecord.Step, _ time: Timestamp
    ) -> [(time: Timestamp, difference: HistoryDifference)] {
        var all: [(time: Timestamp, difference: HistoryDifference)] = []
        let name = found.name.withoutItemNumber
        if case .array? = found.input, let list = found.input,
            let place = list.firstDifference(from: before.input ?? .null)
        {
            all.append(
                (
                    found.startedAt ?? time,
                    .init(
                        .input, step: found.name,
                        "'\(name)' would have another list\(place.isEmpty ? "" : ", the first difference at '\(place)'")",
                        recorded: before.input, replayed: list)
                ))
        }
        if found.status == .success, let output = found.output,
            let place = output.firstDifference(from: before.output ?? .null)
        {
            all.append(
                (
                    time,
                    .init(
                        .output, step: found.name,
                        "'\(name)' would give something else\(place.isEmpty ? "" : ", the first difference at '\(place)'")",
                        recorded: before.output, replayed: output)
                ))
        }
        return all
    }

    /// A step that would not have come to its end.
    private func open(_ step: Int, _ found: StepState) -> [(time: Timestamp, difference: HistoryDifference)] {
        let name = found.name.withoutItemNumber
        let time = found.startedAt ?? execution.state.lastEventAt
        if found.status == .waiting, case .signal(let signal)? = execution.work(of: step) {
            return [
                (
                    time,
                    .init(
                        .waiting, step: found.name,
                        "'\(name)' would wait for the signal '\(signal.name)', which had not come")
                )
            ]
        }
        guard openCalls.contains(step),
            !met.contains(where: { $0.difference.step == found.name && $0.difference.kind == .unanswered })
        else { return [] }
        return [
            (
                time,
                .init(
                    .unanswered, step: found.name,
                    "'\(name)' would be waited for, and there is no recorded answer, since it was given up"
                )
            )
        ]
    }

    // MARK: - The end

    private func ends() -> [HistoryDifference] {
        let state = execution.state
        guard state.status.isTerminal else { return [] }
        guard state.status == record.status else {
            return [
                .init(
                    .status,
                    "the execution would end as \(Self.text(state.status, state.error)), and had ended as "
                        + Self.text(record.status, record.error))
            ]
        }
        if state.status == .failed, state.error?.code != record.error?.code || state.error?.step != record.error?.step {
            return [
                .init(
                    .status,
                    "the execution would fail with \(Self.text(state.error)), and had failed with \(Self.text(record.error))"
                )
            ]
        }
        guard state.status == .success,
            let place = (state.output ?? .null).firstDifference(from: record.output ?? .null)
        else { return [] }
        return [
            .init(
                .output,
                "the execution would give something else\(place.isEmpty ? "" : ", the first difference at '\(place)'")",
                recorded: record.output, replayed: state.output)
        ]
    }

    private static func text(_ status: some RawRepresentable<String>, _ error: WorkflowError?) -> String {
        guard let error else { return status.rawValue }
        return "\(status.rawValue) (\(error.code.rawValue))"
    }

    private static func text(_ error: WorkflowError?) -> String {
        guard let error else { return "no error" }
        return error.code.rawValue + (error.step.map { " in '\($0.withoutItemNumber)'" } ?? "")
    }
}

extension ExecutionRecord.Step {
    /// Whether it was done because its execution was about to end.
    fileprivate var isAftermath: Bool { name.hasSuffix(".compensate") || name == "workflow.on_failure" }
}
