import PerdureJSON

extension CaseExpectation {
    /// Differences shown of one value. What differs in more places is another value altogether.
    private static let differencesShown = 8
    /// Lines shown of a comparison of events.
    private static let linesShown = 60
    /// Characters shown of a value.
    private static let charactersShown = 400

    /// What is not as expected.
    func problems(with outcome: CaseOutcome) -> [CaseReport.Problem] {
        var problems: [CaseReport.Problem] = []
        func compare(_ what: String, _ expected: String?, _ found: String?) {
            guard let expected, expected != found else { return }
            problems.append(.init(what, expected: expected, found: found ?? "nothing"))
        }
        compare("status", status, outcome.status)
        compare("concurrency_key", concurrencyKey, outcome.concurrencyKey)
        if let output { problems += Self.differences(output, outcome.state?.output, at: "output") }
        if let error {
            compare("error.code", error.code, outcome.error?.code.rawValue)
            compare("error.step", error.step, outcome.error?.step)
            if let part = error.messagePart, outcome.error?.message.contains(part) != true {
                problems.append(
                    .init("error.message", expected: "… \(part) …", found: outcome.error?.message ?? "nothing"))
            }
        }
        for step in steps { problems += Self.problems(step, outcome) }
        if let durationMicroseconds {
            compare("duration", CaseOutcome.text(durationMicroseconds), CaseOutcome.text(outcome.durationMicroseconds))
        }
        switch events {
        case .exactly(let expected): problems += Self.compare(expected, outcome.events)
        case .contains(let expected): problems += Self.find(expected, in: outcome.events)
        case nil: break
        }
        return problems
    }

    /// Why the execution ended as the case does not expect it; nil when it gave an output or is expected to end so.
    func unexpectedEnd(_ outcome: CaseOutcome) -> CaseReport.Problem? {
        guard let found = outcome.error else { return nil }
        let isExpected =
            if let error {
                (error.code ?? found.code.rawValue) == found.code.rawValue && (error.step ?? found.step) == found.step
            } else {
                status == outcome.status
            }
        guard !isExpected else { return nil }
        let verb = outcome.status == Self.rejected ? "was rejected" : "ended"
        let place = found.step.map { " in step '\($0)'" } ?? ""
        return .init("It \(verb) with \(found.code.rawValue)\(place): \(found.message)")
    }

    private static func problems(_ step: Step, _ outcome: CaseOutcome) -> [CaseReport.Problem] {
        let key = "steps.\(step.name)"
        guard let found = outcome.state?.steps.first(where: { $0.name == step.name }) else {
            let names = outcome.state?.steps.map(\.name) ?? []
            return [
                .init(
                    "There is no step '\(step.name)' in this execution.\(Suggestion.text(for: step.name, among: names))"
                )
            ]
        }
        var problems: [CaseReport.Problem] = []
        if let status = step.status, status != found.status.rawValue {
            problems.append(.init("\(key).status", expected: status, found: found.status.rawValue))
        }
        if let attempts = step.attempts, attempts != found.attempt {
            problems.append(.init("\(key).attempts", expected: "\(attempts)", found: "\(found.attempt)"))
        }
        if let input = step.input { problems += differences(input, found.input, at: "\(key).input") }
        if let output = step.output { problems += differences(output, found.output, at: "\(key).output") }
        return problems
    }

    // MARK: - Values

    private static func differences(
        _ expected: JSONValue, _ found: JSONValue?, at path: String
    ) -> [CaseReport.Problem] {
        var problems: [CaseReport.Problem] = []
        var more = 0
        collect(expected, found, at: path, &problems, more: &more)
        if more > 0 {
            problems.append(
                .init(
                    "There \(more == 1 ? "is 1 more difference" : "are \(more) more differences") in \(path)."))
        }
        return problems
    }

    /// - Parameter more: How many differences there are beside those that are shown.
    private static func collect(
        _ expected: JSONValue?, _ found: JSONValue?, at path: String, _ problems: inout [CaseReport.Problem],
        more: inout Int
    ) {
        guard expected != found else { return }
        switch (expected, found) {
        case (.object(let left)?, .object(let right)?):
            for (key, value) in left { collect(value, right[key], at: "\(path).\(key)", &problems, more: &more) }
            for (key, value) in right where left[key] == nil {
                collect(nil, value, at: "\(path).\(key)", &problems, more: &more)
            }
        case (.array(let left)?, .array(let right)?) where left.count == right.count:
            for index in left.indices {
                collect(left[index], right[index], at: "\(path)[\(index)]", &problems, more: &more)
            }
        case _ where problems.count < differencesShown:
            problems.append(.init(path, expected: text(expected), found: text(found)))
        default:
            more += 1
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        guard let text = value?.jsonText else { return "nothing" }
        return text.count > charactersShown ? text.prefix(charactersShown) + "…" : text
    }

    // MARK: - Events

    /// Whether two lines mean the same: one without a step means that of any step.
    private static func matches(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        let (leftParts, rightParts) = (left.split(separator: " "), right.split(separator: " "))
        return leftParts.first == rightParts.first && (leftParts.count == 1 || rightParts.count == 1)
    }

    private static func compare(_ expected: [String], _ found: [String]) -> [CaseReport.Problem] {
        guard expected.count != found.count || !zip(expected, found).allSatisfy(matches) else { return [] }
        let same = zip(expected, found).prefix { matches($0, $1) }.count
        // Only what differs is compared line by line, and not more of it than is shown: that costs the square of it.
        let left = Array(expected[same...].prefix(linesShown))
        let right = Array(found[same...].prefix(linesShown))
        var (missing, extra): (Set<Int>, Set<Int>) = ([], [])
        for change in right.difference(from: left, by: matches) {
            switch change {
            case .remove(let offset, _, _): missing.insert(offset)
            case .insert(let offset, _, _): extra.insert(offset)
            }
        }
        var lines = found[..<same].suffix(2).map { "  \($0)" }
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            if i < left.count, missing.contains(i) {
                lines.append("- \(left[i])")
                i += 1
            } else if j < right.count, extra.contains(j) {
                lines.append("+ \(right[j])")
                j += 1
            } else {
                if j < right.count { lines.append("  \(right[j])") }
                i += 1
                j += 1
            }
        }
        return [
            .init(
                "events", expected: "\(expected.count) events", found: "\(found.count)",
                comparison: shown(
                    lines, cut: left.count < expected.count - same || right.count < found.count - same))
        ]
    }

    /// The lines of a comparison, with a mark behind them where there are more.
    private static func shown(_ lines: [String], cut: Bool = false) -> [String] {
        lines.prefix(linesShown) + (cut || lines.count > linesShown ? ["  …"] : [])
    }

    private static func find(_ expected: [String], in found: [String]) -> [CaseReport.Problem] {
        var rest = found[...]
        var last: String?
        for line in expected {
            guard let index = rest.firstIndex(where: { matches($0, line) }) else {
                let place = last.map { " after \($0)" } ?? ""
                return [
                    .init(
                        "events", expected: "\(line)\(place)", found: "none",
                        comparison: shown(found.prefix(linesShown + 1).map { "  \($0)" }))
                ]
            }
            rest = rest[(index + 1)...]
            last = line
        }
        return []
    }
}
