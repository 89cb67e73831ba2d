import PerdureJSON

/// Steps that do their work for each item of a list.
extension Execution {
    /// Starts a step with `foreach`: its list, then as many items as may be at work.
    mutating func start(_ loop: StepLoop, of step: Int, now: Timestamp, _ decision: inout Decision) {
        let list: JSONValue
        switch compute(loop.items, loop.reads, [], tooLarge: .expressionError, "The list of 'foreach'") {
        case .success(let value): list = value
        case .failure(let error):
            failToStart(step: step, error, now: now, &decision)
            return
        }
        guard case .array(let items) = list, items.count <= Limits.itemsPerLoop else {
            failToStart(step: step, Self.unusable(list), now: now, &decision)
            return
        }
        state.steps[step].status = .running
        state.steps[step].input = list
        markStarted(
            step: step, now: now, &decision, fields: [("items", .int(Int64(items.count))), ("input", list)])
        loops[step] = LoopProgress(count: items.count)
        goOn(withItemsOf: step, now: now, &decision)
    }

    private static func unusable(_ value: JSONValue) -> WorkflowError {
        let found: String
        switch value {
        case .array(let items): found = "one of \(items.count) items, and the limit is \(Limits.itemsPerLoop)"
        case .object: found = "a map; write `MAP.map(key, …)` to make a list of it"
        default: found = value.jsonText.storable(maximum: 64)
        }
        return WorkflowError(code: .expressionError, message: "'foreach.in' must give a list; it gave \(found).")
    }

    /// Counts an item that is over.
    mutating func count(_ item: Int, of step: Int) {
        switch state.steps[item].status {
        case .success, .compensated: loops[step]?.succeeded += 1
        case .failed: loops[step]?.failed += 1
        default: break
        }
    }

    /// Starts items while there is room for them, and ends the step once it is decided.
    mutating func goOn(withItemsOf step: Int, now: Timestamp, _ decision: inout Decision) {
        guard isUnderWay, let loop = definition.steps[step].loop else { return }
        while let progress = loops[step] {
            switch progress.verdict(loop) {
            case .succeeds:
                finish(step, progress, now: now, &decision)
            case .fails:
                failLoop(step, progress, loop, now: now, &decision)
            case .goesOn:
                guard progress.atWork < loop.maxConcurrency, progress.started < progress.count else { return }
                let item = state.steps.count
                let number = progress.started
                state.steps.append(
                    StepState(name: "\(state.steps[step].name)[\(number)]", origin: .item(of: step, number: number)))
                loops[step]?.started += 1
                begin(step: item, now: now, &decision)
                if state.steps[item].status.isTerminal { count(item, of: step) }
            }
        }
    }

    /// Ends a step whose items are done, as far as they are waited for: outputs in the order of the list, null where there is
    /// none.
    private mutating func finish(
        _ step: Int, _ progress: LoopProgress, now: Timestamp, _ decision: inout Decision
    ) {
        cancelItems(of: step, now: now, &decision)
        loops[step] = nil
        var outputs = [JSONValue](repeating: .null, count: progress.count)
        for index in state.steps.instanceIndices {
            guard case .item(step, let number) = state.steps[index].origin else { continue }
            if state.steps[index].status == .success, let output = state.steps[index].output {
                outputs[number] = output
            }
        }
        let output = JSONValue.array(outputs)
        if let problem = output.storageProblem {
            let error = WorkflowError(
                code: .outputTooLarge, message: "The outputs of all items cannot be kept: the list \(problem).",
                step: state.steps[step].name)
            fail(step: step, error, now: now, &decision)
        } else {
            succeed(step: step, output, now: now, &decision)
        }
    }

    private mutating func failLoop(
        _ step: Int, _ progress: LoopProgress, _ loop: StepLoop, now: Timestamp, _ decision: inout Decision
    ) {
        // Of all that have failed, the one that was last is the one too many.
        var last: Int?
        for index in state.steps.instanceIndices {
            guard case .item(step, _) = state.steps[index].origin, state.steps[index].status == .failed else {
                continue
            }
            if last.map({ state.steps[$0].completedAt ?? state.createdAt }) ?? state.createdAt
                <= state.steps[index].completedAt ?? state.createdAt
            {
                last = index
            }
        }
        cancelItems(of: step, now: now, &decision)
        loops[step] = nil
        let item = last.map { state.steps[$0].name } ?? state.steps[step].name
        let cause = last.flatMap { state.steps[$0].error } ?? WorkflowError(code: .itemsFailed, message: "")
        let tolerated = loop.tolerated(of: progress.count)
        let error =
            tolerated == 0
            ? WorkflowError(code: cause.code, message: "\(item): \(cause.message)", step: state.steps[step].name)
            : WorkflowError(
                code: .itemsFailed,
                message: "\(progress.failed) of \(progress.count) items have failed and \(tolerated) may; "
                    + "the last was \(item): \(cause.code.rawValue): \(cause.message)",
                step: state.steps[step].name)
        fail(step: step, error, now: now, &decision)
    }

    /// Gives up the items of a step that are at work.
    private mutating func cancelItems(of step: Int, now: Timestamp, _ decision: inout Decision) {
        guard let progress = loops[step], progress.atWork > 0 else { return }
        for index in state.steps.instanceIndices {
            guard case .item(step, _) = state.steps[index].origin, !state.steps[index].status.isTerminal else {
                continue
            }
            cancel(step: index, now: now, &decision)
        }
        decision.invocations.removeAll { state.steps[$0.step].status == .cancelled }
        decision.children.removeAll { state.steps[$0.parent.step].status == .cancelled }
    }

    /// Works out how far the steps with items are, from the items.
    mutating func countItems() {
        for index in state.steps.instanceIndices {
            guard case .item(let step, _) = state.steps[index].origin, state.steps[step].status == .running,
                case .array(let items)? = state.steps[step].input
            else { continue }
            loops[step, default: LoopProgress(count: items.count)].started += 1
            count(index, of: step)
        }
    }
}
