/// What one commit has to tell of one execution: its events, in order.
public struct EventGroup: Sendable {
    /// The execution that they belong to.
    public let executionID: ExecutionID
    /// The workflow's id.
    public let workflowID: String
    /// The W3C trace context of the execution.
    public let traceparent: String?
    /// The events, in the order of their sequence.
    public var events: [JournalEvent]

    /// A group from its parts.
    public init(executionID: ExecutionID, workflowID: String, traceparent: String?, events: [JournalEvent]) {
        self.executionID = executionID
        self.workflowID = workflowID
        self.traceparent = traceparent
        self.events = events
    }

    /// Each of the events by itself.
    public var cloudEvents: [CloudEvent] {
        events.map {
            CloudEvent(executionID: executionID, workflowID: workflowID, traceparent: traceparent, event: $0)
        }
    }

    /// Events in the order of their commits, as groups. Neighbours of one execution become one group, even if they were
    /// committed one after the other: the tables do not say where a commit ended.
    public static func groups(_ events: some Sequence<CloudEvent>) -> [EventGroup] {
        var groups: [EventGroup] = []
        for event in events {
            if let last = groups.indices.last, groups[last].executionID == event.executionID {
                groups[last].events.append(event.event)
            } else {
                groups.append(
                    EventGroup(
                        executionID: event.executionID, workflowID: event.workflowID, traceparent: event.traceparent,
                        events: [event.event]
                    ))
            }
        }
        return groups
    }
}
