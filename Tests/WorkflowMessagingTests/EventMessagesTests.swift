import AMQPClient
import PerdureJSON
import Testing
import WorkflowCore

@testable import WorkflowMessaging

/// The messages that committed events become.
@Suite struct EventMessagesTests {
    private static let start: [EventType] = [.executionStarted, .stepStarted, .agentInvoked]
    private static let end: [EventType] = [.agentResponse, .stepCompleted, .executionCompleted]

    private func messages(
        _ groups: [EventGroup], _ mode: EventPublication.Mode, include: [String] = ["#"], batchBytes: Int = 100_000
    ) throws -> [AMQPMessage] {
        let include = try include.map { try RoutingPattern(forEvents: $0) }
        var events = EventMessages(
            EventPublication(mode: mode, include: include), topology: Topology(prefix: "p"), batchBytes: batchBytes)
        let first = events.messages(groups)
        #expect(events.messages(groups) == first, "what is remembered changes nothing")
        return first
    }

    private func delivery(_ message: AMQPMessage) -> AMQPDelivery {
        AMQPDelivery(tag: 1, routingKey: message.routingKey, properties: message.properties, body: message.body)
    }

    @Test func eachEventHasAMessage() throws {
        let groups = [Made.group(1, Self.start), Made.group(2, from: 4, Self.end)]
        let messages = try messages(groups, .each)
        let events = Made.cloudEvents(groups)
        #expect(messages.map(\.body) == events.map(\.body))
        #expect(messages.map(\.properties.messageID) == events.map(\.id))
        #expect(messages.map(\.routingKey) == events.map(\.routingKey))
        let first = try #require(messages.first)
        #expect(first.exchange == "p.events")
        #expect(
            first.properties.headers == [
                "execution_id": .string(Made.id(1).description), "workflow_id": "order",
                "event_type": "EXECUTION_STARTED", "sequence": 1, "traceparent": .string(Made.traceparent),
            ])
        #expect(first.properties.contentType == "application/cloudevents+json" && first.properties.isPersistent)
        #expect(first.properties.type == "perdure.execution.started" && first.properties.appID == "perdure")
        #expect(first.properties.timestamp == 1_795_363_200)
    }

    @Test func aBatchHasAMessageForEachExecution() throws {
        let groups = [Made.group(1, Self.start), Made.group(2, from: 4, Self.end)]
        let messages = try messages(groups, .batch)
        try #require(messages.count == 2)
        #expect(messages.map(\.routingKey) == ["order.agent.invoked", "order.execution.completed"])
        #expect(messages.map(\.properties.messageID) == ["\(Made.id(1))/3", "\(Made.id(2))/6"])
        #expect(messages.map(\.properties.type) == ["perdure.agent.invoked", "perdure.execution.completed"])
        for (message, group) in zip(messages, groups) {
            let events = try #require(try JSONValue(parsing: message.body).arrayValue)
            #expect(events == (try Made.cloudEvents([group]).map { try JSONValue(parsing: $0.body) }))
            #expect(message.properties.contentType == "application/cloudevents-batch+json")
        }
        #expect(
            messages[1].properties.headers == [
                "execution_id": .string(Made.id(2).description), "workflow_id": "order",
                "event_type": "EXECUTION_COMPLETED", "sequence": 6, "first_sequence": 4, "count": 3,
                "traceparent": .string(Made.traceparent),
            ])
    }

    @Test func oneEventIsABatchToo() throws {
        let message = try #require(try messages([Made.group(1, [.executionFailed])], .batch).first)
        #expect(try JSONValue(parsing: message.body).arrayValue?.count == 1)
        #expect(message.properties.headers["count"] == 1)
    }

    @Test func onlyWhatIsIncludedLeaves() throws {
        let groups = [
            Made.group(1, Self.start + Self.end), Made.group(2, [.stepStarted]),
            Made.group(3, Self.end, workflow: "invoice"),
        ]
        let each = try messages(groups, .each, include: ["order.execution.*", "#.agent.response"])
        #expect(
            each.map(\.routingKey) == [
                "order.execution.started", "order.agent.response", "order.execution.completed",
                "invoice.agent.response",
            ])
        let batch = try messages(groups, .batch, include: ["order.execution.*", "#.agent.response"])
        #expect(batch.map(\.properties.messageID) == ["\(Made.id(1))/6", "\(Made.id(3))/1"])
        #expect(batch.map { $0.properties.headers["count"] } == [3, 1])
        #expect(batch.map { $0.properties.headers["first_sequence"] } == [1, 1])
        #expect(batch.flatMap { EventBatch.items(delivery($0)).map(\.routingKey) } == each.map(\.routingKey))
        for mode in EventPublication.Mode.allCases { #expect(try messages(groups, mode, include: []).isEmpty) }
    }

    /// Every limit, so that every place where a cut can fall is met.
    @Test(arguments: [0, 30])
    func aBatchStaysBelowTheLimit(padding: Int) throws {
        let groups = [
            Made.group(1, Self.start + Self.end, padding: padding), Made.group(2, Self.end, padding: padding),
        ]
        let whole = try messages(groups, .batch)
        let single = try #require(try messages(groups, .each).map(\.body.count).max())
        let all = Made.cloudEvents(groups)
        for limit in stride(from: 1, through: whole[0].body.count + 300, by: 7) {
            let cut = try messages(groups, .batch, batchBytes: limit)
            let items = cut.flatMap { EventBatch.items(delivery($0)) }
            #expect(items.map(\.routingKey) == all.map(\.routingKey))
            #expect(try items.map { try JSONValue(parsing: $0.body) } == all.map { try JSONValue(parsing: $0.body) })
            for message in cut {
                let isAlone = message.properties.headers["count"] == 1
                #expect(message.body.count <= limit || isAlone, "\(message.body.count) bytes of \(limit)")
            }
            if limit < single { #expect(cut.count == all.count) }
            #expect(Set(cut.map(\.properties.messageID)).count == cut.count)
        }
        #expect(whole.count == 2)
    }

    @Test func whatIsNoBatchIsGivenAsItIs() {
        let body = Array("[1".utf8)
        for type in [CloudEvent.contentType, CloudEvent.batchContentType, "text/plain"] {
            let delivery = AMQPDelivery(
                tag: 1, routingKey: "a.b.c", properties: AMQPProperties(contentType: type), body: body)
            #expect(EventBatch.items(delivery) == [EventBatch.Item(routingKey: "a.b.c", body: body)])
        }
    }

    /// A successor reads rows and not commits, and in pages.
    @Test func neighboursBecomeGroups() {
        let groups = [Made.group(1, Self.start), Made.group(2, Self.start), Made.group(1, from: 4, Self.end)]
        let again = EventGroup.groups(Made.cloudEvents(groups))
        #expect(again.map(\.executionID) == groups.map(\.executionID))
        #expect(again.map(\.events) == groups.map(\.events))
        let joined = EventGroup.groups(Made.cloudEvents([groups[0], groups[2]]))
        #expect(joined.map { $0.events.map(\.sequence) } == [[1, 2, 3, 4, 5, 6]])
        #expect(EventGroup.groups([]).isEmpty)
    }
}
