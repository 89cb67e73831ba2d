import PerdureJSON

/// Which attempt of which step has started an execution.
public struct ParentStep: Sendable, Equatable {
    /// The execution of the step.
    public let executionID: ExecutionID
    /// The step's index in the state.
    public let step: Int
    /// The step's name, or that of the instance.
    public let stepName: String
    /// Which attempt, from 1.
    public let attempt: Int
    /// How many executions are above the child, its parent included.
    public let depth: Int

    /// A step of an execution.
    public init(executionID: ExecutionID, step: Int, stepName: String, attempt: Int, depth: Int) {
        self.executionID = executionID
        self.step = step
        self.stepName = stepName
        self.attempt = attempt
        self.depth = depth
    }
}

/// An execution that a step asks for. It is started in the commit that starts the step, or the step is told why not.
public struct ChildRequest: Sendable, Equatable {
    /// Its id, which follows from the attempt.
    public let id: ExecutionID
    /// The attempt that starts it.
    public let parent: ParentStep
    /// The workflow that it runs.
    public let workflowID: String
    /// Which version of it; nil for the newest.
    public let version: Int?
    /// What it is given.
    public let input: JSONValue
    /// What its parent's caller attached.
    public let metadata: JSONValue
    /// The W3C trace context of its parent.
    public let traceparent: String?
    /// The priority that its parent was asked for with; nil when there was none.
    public let priority: Int?

    /// Under which it is known, as a request is under the key that it brings.
    public var idempotencyKey: String {
        "\(InternalControl.keyPrefix)child/\(parent.executionID)/\(parent.stepName)/\(parent.attempt)"
    }

    /// The same as a request from outside, to look its definition up and to check its input.
    public var request: ExecutionRequest {
        ExecutionRequest(workflowID: workflowID, version: version, input: input)
    }

    /// About how many bytes it holds as it starts.
    public var byteCount: Int { input.approximateByteCount + metadata.approximateByteCount }

    /// The child before its first event.
    public func state(_ definition: WorkflowDefinition, createdAt: Timestamp) -> ExecutionState {
        ExecutionState(
            id: id, workflow: definition.reference, stepNames: definition.steps.map(\.name), input: input,
            metadata: metadata, traceparent: traceparent, priority: priority, createdAt: createdAt, parent: parent)
    }
}
