import AMQPClient
import WorkflowCore

/// Looks at the parking lot without taking anything out of it.
public struct DeadLetters: Sendable {
    /// A parked message.
    public struct Letter: Sendable {
        /// Its place from the front of the queue, from 1.
        public let number: Int
        /// Why it could not be used: a stable word.
        public let code: String
        /// Why, in a sentence.
        public let reason: String
        /// The message's own id.
        public let messageID: String?
        /// The exchange it was published to first.
        public let originalExchange: String
        /// The routing key it was published with first.
        public let originalRoutingKey: String
        /// When it was published first, in seconds since the Unix epoch.
        public let timestamp: Int64?
        /// The content type it was given.
        public let contentType: String?
        /// Its headers as text.
        public let headers: [(name: String, value: String)]
        /// The body as it came.
        public let body: [UInt8]
    }

    private let configuration: AMQPConfiguration
    private let topology: Topology

    /// A view of the queue of dead letters.
    public init(configuration: AMQPConfiguration, topology: Topology) {
        self.configuration = configuration
        self.topology = topology
    }

    /// The oldest parked messages, and how many there are.
    ///
    /// They are fetched and put back, so that they show as redelivered afterwards.
    public func list(limit: Int) async throws(AMQPError) -> (letters: [Letter], total: Int) {
        let connection = try await AMQPConnection.open(configuration)
        do throws(AMQPError) {
            let total = try await connection.declareQueue(topology.dead, passive: true).messageCount
            var letters: [Letter] = []
            while letters.count < limit, let delivery = try await connection.get(topology.dead) {
                letters.append(Letter(number: letters.count + 1, delivery))
            }
            // Closing puts back what was not acknowledged.
            await connection.close()
            return (letters, max(total, letters.count))
        } catch {
            await connection.close()
            throw error
        }
    }
}

extension DeadLetters.Letter {
    init(number: Int, _ delivery: AMQPDelivery) {
        let headers = delivery.properties.headers
        // A message that a policy dead-lettered tells its story in x-death, not in our headers.
        let death = headers["x-death"]?.arrayValue?.first?.tableValue
        self.init(
            number: number,
            code: headers[MessageConventions.errorCodeHeader]?.stringValue
                ?? death?["reason"]?.stringValue?.uppercased() ?? "UNKNOWN",
            reason: headers[MessageConventions.errorMessageHeader]?.stringValue
                ?? death?["queue"]?.stringValue.map { "Dead-lettered by the broker from the queue \($0)." } ?? "",
            messageID: delivery.properties.messageID,
            originalExchange: headers[MessageConventions.originalExchangeHeader]?.stringValue
                ?? death?["exchange"]?.stringValue ?? delivery.exchange,
            originalRoutingKey: headers[MessageConventions.originalRoutingKeyHeader]?.stringValue
                ?? delivery.routingKey,
            timestamp: delivery.properties.timestamp, contentType: delivery.properties.contentType,
            headers: headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value.plainText) },
            body: delivery.body
        )
    }
}

extension AMQPTableValue {
    /// The value as a person reads it.
    fileprivate var plainText: String {
        if let text = stringValue { return text }
        if let integer = integerValue { return String(integer) }
        if let bool = boolValue { return String(bool) }
        if let table = tableValue {
            return table.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.plainText)" }.joined(separator: " ")
        }
        if let items = arrayValue { return items.map(\.plainText).joined(separator: ", ") }
        return "\(self)"
    }
}
