import AMQPClient
import PerdureJSON
import WorkflowCore

/// What all messages of the runtime have in common.
enum MessageConventions {
    static let appID = "perdure"
    static let json = "application/json"
    static let traceparentHeader = "traceparent"
    static let errorCodeHeader = "x-error-code"
    static let errorMessageHeader = "x-error-message"
    static let originalExchangeHeader = "x-original-exchange"
    static let originalRoutingKeyHeader = "x-original-routing-key"
    static let droppedHeadersHeader = "x-dropped-headers"

    /// The headers that the parking lot needs.
    static let ownHeaders: Set<String> = [
        traceparentHeader, errorCodeHeader, errorMessageHeader, originalExchangeHeader, originalRoutingKeyHeader,
    ]
    /// A header that is a sender's own and is kept all the same has no more bytes than this; a trace context has 55.
    static let ownHeaderBytes = 128
    /// Names of dropped headers that are kept, so that they fit where their values did not.
    static let droppedHeaderNames = 20
}

extension AMQPMessage {
    /// A result on its way to a caller, by way of the default exchange.
    init(_ reply: ResultReply, messageID: String, now: Timestamp) {
        self.init(
            routingKey: reply.address.replyTo,
            properties: AMQPProperties(
                contentType: MessageConventions.json, correlationID: reply.address.correlationID, messageID: messageID,
                timestamp: now.secondsSinceEpoch, type: "perdure.result", appID: MessageConventions.appID
            ),
            body: reply.result.body
        )
    }

    /// What became of a control message, on its way to its sender.
    init(_ outcome: ControlOutcome, to caller: ReplyAddress, messageID: String, now: Timestamp) {
        self.init(
            routingKey: caller.replyTo,
            properties: AMQPProperties(
                contentType: MessageConventions.json, correlationID: caller.correlationID, messageID: messageID,
                timestamp: now.secondsSinceEpoch, type: "perdure.control.reply", appID: MessageConventions.appID
            ),
            body: outcome.json.jsonBytes
        )
    }

    /// A control message that was refused by the owner of its execution, on its way to the parking lot: as the inbox has
    /// it, with the reason in its headers. nil for one that was not refused.
    init?(parking settled: SettledControl, topology: Topology, now: Timestamp) {
        guard case .refused(let code, let reason) = settled.outcome else { return nil }
        let caller = settled.callers.first
        self.init(
            exchange: topology.dead, routingKey: "\(topology.control).\(code.lowercased())",
            properties: AMQPProperties(
                contentType: MessageConventions.json,
                headers: [
                    MessageConventions.errorCodeHeader: .string(code),
                    MessageConventions.errorMessageHeader: .string(reason),
                    MessageConventions.originalExchangeHeader: .string(topology.control),
                    MessageConventions.originalRoutingKeyHeader: .string(settled.control.actionName),
                ],
                correlationID: caller?.correlationID, replyTo: caller?.replyTo, messageID: settled.control.messageKey,
                timestamp: now.secondsSinceEpoch, appID: MessageConventions.appID
            ),
            body: settled.control.body.jsonBytes
        )
    }

    /// A message that could not be used, on its way to the parking lot: as it came, with the reason in its headers.
    ///
    /// - Parameter queue: Where it came from.
    init(parking delivery: AMQPDelivery, code: String, reason: String, from queue: String, topology: Topology) {
        var properties = delivery.properties.fitted
        properties.headers[MessageConventions.errorCodeHeader] = .string(code)
        properties.headers[MessageConventions.errorMessageHeader] = .string(reason)
        properties.headers[MessageConventions.originalExchangeHeader] = .string(delivery.exchange)
        properties.headers[MessageConventions.originalRoutingKeyHeader] = .string(delivery.routingKey)
        // The broker compares it with the user of this connection.
        properties.userID = nil
        // It is to stay until somebody looks at it.
        properties.expiration = nil
        properties.isPersistent = true
        self.init(
            exchange: topology.dead, routingKey: "\(queue).\(code.lowercased())", properties: properties,
            body: delivery.body
        )
    }

    /// The message without the headers of its sender, whose names are kept in one.
    func withoutForeignHeaders() -> AMQPMessage {
        let own = MessageConventions.ownHeaders
        var result = self
        result.properties.headers = properties.headers.filter { own.contains($0.key) }
        let traceparent = properties.headers[MessageConventions.traceparentHeader]?.stringValue
        if traceparent.map({ $0.utf8.count <= MessageConventions.ownHeaderBytes }) != true {
            result.properties.headers[MessageConventions.traceparentHeader] = nil
        }
        let names = properties.headers.keys.filter { !own.contains($0) }.sorted()
        result.properties.headers[MessageConventions.droppedHeadersHeader] = .string(
            names.prefix(MessageConventions.droppedHeaderNames).joined(separator: ", "))
        return result
    }
}

extension AMQPProperties {
    /// The properties without those that cannot be written again: bytes that are not UTF-8 grow when they are read.
    var fitted: AMQPProperties {
        func fit(_ text: String?) -> String? { text.flatMap { $0.utf8.count <= Limits.propertyBytes ? $0 : nil } }
        var result = self
        result.contentType = fit(contentType)
        result.contentEncoding = fit(contentEncoding)
        result.correlationID = fit(correlationID)
        result.replyTo = fit(replyTo)
        result.messageID = fit(messageID)
        result.type = fit(type)
        result.appID = fit(appID)
        return result
    }
}
