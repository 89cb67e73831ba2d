import AMQPClient
import WorkflowCore

/// Makes messages of committed events, in the form that the settings ask for.
struct EventMessages: Sendable {
    /// What is known of the events of one type of one workflow: the pattern is matched and the texts are made once.
    private struct Known {
        let kind: CloudEventKind
        let isIncluded: Bool
    }

    private let publication: EventPublication
    private let exchange: String
    private let batchBytes: Int
    private var known: [String: [EventType: Known]] = [:]

    /// - Parameter batchBytes: What a message with several events has at most.
    init(_ publication: EventPublication, topology: Topology, batchBytes: Int = Limits.eventBatchBytes) {
        self.publication = publication
        exchange = topology.events
        self.batchBytes = batchBytes
    }

    /// The messages for these events, in their order.
    mutating func messages(_ groups: [EventGroup]) -> [AMQPMessage] {
        var messages: [AMQPMessage] = []
        messages.reserveCapacity(
            publication.mode == .each ? groups.reduce(0) { $0 + $1.events.count } : groups.count)
        for group in groups { append(group, to: &messages) }
        return messages
    }

    private mutating func append(_ group: EventGroup, to messages: inout [AMQPMessage]) {
        var draft = EventMessageDraft(group, isBatch: publication.mode == .batch, exchange: exchange)
        for event in group.events {
            let known = known(event.type, of: group.workflowID)
            guard known.isIncluded else { continue }
            let isFull = publication.mode == .each || !draft.hasRoom(for: event, known.kind, upTo: batchBytes)
            if isFull, let message = draft.finish() { messages.append(message) }
            draft.add(event, known.kind)
        }
        if let message = draft.finish() { messages.append(message) }
    }

    private mutating func known(_ type: EventType, of workflowID: String) -> Known {
        if let found = known[workflowID]?[type] { return found }
        let kind = CloudEventKind(workflowID: workflowID, type: type)
        let made = Known(kind: kind, isIncluded: publication.includes(kind.routingKey))
        known[workflowID, default: [:]][type] = made
        return made
    }
}
