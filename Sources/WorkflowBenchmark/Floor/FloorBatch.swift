import AMQPClient
import FoundationEssentials
import PostgresClient
import WorkflowCore
import WorkflowMessaging

/// Requests that one turn of the floor takes through their three commits together.
struct FloorBatch {
    private let ids: [ExecutionID]
    private let names: [String]
    private let nameBytes: [[UInt8]]
    private let inputs: [[UInt8]]
    private let members: [[UInt8]]
    private let deliveries: [AMQPDelivery]
    private let events: [FloorEvent]
    private let workflowID: String
    private let owner: String
    private let writer: Int64

    /// The hash that stands for the definition; nobody looks it up.
    private static let definitionHash = String(repeating: "0", count: 64)
    private static let output = Array(#"{"done":true}"#.utf8)
    private static let finalOutput = Array(#"{"step_1":{"done":true},"step_2":{"done":true}}"#.utf8)
    private static let result = #""output":{"step_1":{"done":true},"step_2":{"done":true}}}"#

    init(
        _ deliveries: [AMQPDelivery], environment: RuntimeEnvironment, events: [FloorEvent], workflowID: String,
        owner: String, writer: Int64
    ) {
        self.deliveries = deliveries
        self.events = events
        self.workflowID = workflowID
        self.owner = owner
        self.writer = writer
        ids = deliveries.map { _ in environment.newExecutionID() }
        names = ids.map(\.description)
        nameBytes = names.map { Array($0.utf8) }
        inputs = deliveries.map { Self.input(of: $0.body) }
        members = inputs.map { FloorEvent.member(input: $0) }
    }

    /// The input of a request of the load generator, cut out of the text: it comes last, before the closing brace.
    private static func input(of body: [UInt8]) -> [UInt8] {
        let key = Array(#""input":"#.utf8)
        guard let place = body.firstRange(of: key) else { return Array("{}".utf8) }
        return Array(body[place.upperBound..<(body.endIndex - 1)])
    }

    private var uuids: PostgresValue { .uuidArray(ids.map(\.uuid)) }

    /// The statements of one of the three commits.
    ///
    /// - Parameters:
    ///   - commit: 0 the requests are accepted, 1 the first step is done, 2 the second is.
    ///   - firstPosition: Of the first event of this commit in the writer's stream.
    ///   - cursor: Up to where the broker has confirmed, when that is worth a row.
    func calls(
        commit: Int, at now: Timestamp, payloads: [[UInt8]], firstPosition: Int64, cursor: Int64?
    ) -> [PostgresCall] {
        let times = PostgresValue.timestampArray(
            ids.map { _ in PostgresTimestamp(microsecondsSinceUnixEpoch: now.microsecondsSinceEpoch) })
        let writerCall = cursor.map { PostgresCall(FloorStatement.moveCursor, [.int64(writer), .int64($0)]) }
        var calls = [writerCall ?? PostgresCall(FloorStatement.lockWriter, [.int64(writer)])]
        switch commit {
        case 0:
            let properties = deliveries.map(\.properties)
            calls += [
                PostgresCall(
                    FloorStatement.insertExecutions,
                    [
                        uuids, .text(workflowID), .text(Self.definitionHash),
                        .textArray(properties.map(\.messageID)), .jsonbArray(inputs),
                        .textArray(properties.map(\.replyTo)), .textArray(properties.map(\.correlationID)), times,
                    ]),
                PostgresCall(FloorStatement.insertState, [uuids, .jsonb(snapshot(after: 0, at: now)), times]),
                PostgresCall(FloorStatement.insertLocks, [uuids, .text(owner)]),
                PostgresCall(FloorStatement.insertSteps, [uuids, .jsonbArray(inputs), times]),
            ]
        case 1:
            calls += [
                PostgresCall(
                    FloorStatement.advanceState, [uuids, .int32(1), .jsonb(snapshot(after: 1, at: now)), times]),
                PostgresCall(FloorStatement.endStep, [uuids, .int32(1), .jsonb(Self.output), times]),
                PostgresCall(FloorStatement.startStep, [uuids, .int32(2), .jsonbArray(inputs), times]),
            ]
        default:
            calls += [
                PostgresCall(FloorStatement.deleteLocks, [uuids]),
                PostgresCall(
                    FloorStatement.advanceState, [uuids, .int32(2), .jsonb(snapshot(after: 2, at: now)), times]),
                PostgresCall(FloorStatement.endExecutions, [uuids, .jsonb(Self.finalOutput), times]),
                PostgresCall(FloorStatement.endStep, [uuids, .int32(2), .jsonb(Self.output), times]),
            ]
        }
        calls.append(eventCall(commit, at: now, payloads, firstPosition))
        return calls
    }

    /// The payloads of one commit's events: those of the first execution, then those of the second, …
    func payloads(commit: Int) -> [[UInt8]] {
        let kinds = kinds(commit)
        return ids.indices.flatMap { index in
            kinds.map { $0.payload(id: nameBytes[index], input: members[index]) }
        }
    }

    /// The events of a commit as messages, and with the last commit the answers.
    func messages(
        commit: Int, at now: Timestamp, payloads: [[UInt8]], exchange: String, mode: EventPublication.Mode
    ) -> [AMQPMessage] {
        let kinds = kinds(commit)
        let time = Array(now.rfc3339.utf8)
        var messages: [AMQPMessage] = []
        messages.reserveCapacity(payloads.count + ids.count)
        for index in ids.indices {
            var body: [UInt8] = []
            for (offset, kind) in kinds.enumerated() {
                let payload = payloads[index * kinds.count + offset]
                body.reserveCapacity(body.count + payload.count + 400)
                if mode == .batch { body.append(UInt8(ascii: offset == 0 ? "[" : ",")) }
                kind.append(idBytes: nameBytes[index], payload: payload, time: time, to: &body)
                guard mode == .each || offset == kinds.count - 1 else { continue }
                if mode == .batch { body.append(UInt8(ascii: "]")) }
                messages.append(
                    kind.message(
                        id: names[index], workflowID: workflowID, body: body,
                        first: mode == .batch ? kinds.first?.sequence : nil, at: now, exchange: exchange))
                body = []
            }
        }
        if commit == FloorEvent.perCommit.count - 1 { messages += ids.indices.compactMap { answer(index: $0, now) } }
        return messages
    }

    private func answer(index: Int, _ now: Timestamp) -> AMQPMessage? {
        let properties = deliveries[index].properties
        guard let replyTo = properties.replyTo else { return nil }
        return AMQPMessage(
            routingKey: replyTo,
            properties: AMQPProperties(
                contentType: "application/json", correlationID: properties.correlationID, messageID: names[index],
                timestamp: now.secondsSinceEpoch, type: "perdure.result", appID: "perdure"
            ),
            body: Array(#"{"status":"SUCCESS","execution_id":"\#(names[index])",\#(Self.result)"#.utf8)
        )
    }

    private func kinds(_ commit: Int) -> ArraySlice<FloorEvent> {
        let first = FloorEvent.perCommit.prefix(commit).reduce(0, +)
        return events[first..<first + FloorEvent.perCommit[commit]]
    }

    private func eventCall(
        _ commit: Int, at now: Timestamp, _ payloads: [[UInt8]], _ firstPosition: Int64
    ) -> PostgresCall {
        let kinds = kinds(commit)
        let rows = ids.indices.flatMap { index in kinds.enumerated().map { (index, $0.offset, $0.element) } }
        return PostgresCall(
            FloorStatement.insertEvents,
            [
                .uuidArray(rows.map { ids[$0.0].uuid }), .int64Array(rows.map { $0.2.sequence }),
                .textArray(rows.map { $0.2.type.rawValue }), .jsonbArray(payloads),
                .timestampArray(
                    rows.map {
                        PostgresTimestamp(microsecondsSinceUnixEpoch: now.microsecondsSinceEpoch + Int64($0.1))
                    }),
                .int64(writer), .int64Array(rows.indices.map { firstPosition + Int64($0) }),
            ])
    }

    /// As the runtime's, which has the same members.
    private func snapshot(after steps: Int, at now: Timestamp) -> [UInt8] {
        func step(_ number: Int) -> String {
            let status = number <= steps ? "SUCCESS" : number == steps + 1 ? "RUNNING" : "PENDING"
            return #""step_\#(number)":{"status":"\#(status)","attempt":\#(number <= steps + 1 ? 1 : 0)}"#
        }
        let sequence = FloorEvent.perCommit.prefix(steps + 1).reduce(0, +)
        return Array(
            """
            {"status":"\(steps == 2 ? "SUCCESS" : "RUNNING")","sequence":\(sequence),\
            "last_event_at_us":\(now.microsecondsSinceEpoch),"steps":{\(step(1)),\(step(2))}}
            """.utf8)
    }
}
