import CEL
import PerdureJSON

extension WorkflowDiagram {
    /// An expression longer than this, in characters, is cut off in a picture.
    private static let shownExpression = 48

    /// The graph of a definition.
    public init(_ definition: WorkflowDefinition) {
        var nodes = definition.steps.map { step in
            Node(name: step.name, detail: Self.detail(of: step), needs: step.needs, handles: step.handledStep)
        }
        if let handler = definition.failureHandler {
            nodes.append(Node(name: "on_failure", detail: "agent \(handler.agent)", needs: []))
        }
        self.init(title: "\(definition.reference.id) version \(definition.reference.version)", nodes: nodes)
    }

    /// What a step does, in a few words.
    private static func detail(of step: StepDefinition) -> String {
        var parts: [String]
        switch step.work {
        case .agent(let work): parts = ["agent \(work.agent)"]
        case .set: parts = ["set"]
        case .wait(let time): parts = ["wait \(text(of: time))"]
        case .signal(let signal): parts = ["signal \(signal.name)"]
        case .child(let child):
            parts = ["workflow \(child.workflowID)" + (child.version.map { " version \($0)" } ?? "")]
        }
        if let loop = step.loop { parts.append("for each \(loop.variable)") }
        if let condition = step.condition { parts.append("when \(text(of: condition.template))") }
        if let compensation = step.compensation { parts.append("undone by agent \(compensation.agent)") }
        return parts.joined(separator: ", ")
    }

    private static func text(of time: WaitTime) -> String {
        switch time {
        case .span(let microseconds): DurationText.text(microseconds)
        case .until(let time): "until \(time.rfc3339)"
        case .computedSpan(let template, _): text(of: template)
        case .computedTime(let template, _): "until \(text(of: template))"
        }
    }

    /// An expression as it is written; the value of what is none.
    private static func text(of template: Template) -> String {
        let text: String
        switch template {
        case .expression(let program): text = program.source.trimmingSpaces
        case .literal(let value): text = value.stringValue ?? value.jsonText
        default: text = "computed"
        }
        return text.count > shownExpression ? text.prefix(shownExpression) + "…" : text
    }
}
