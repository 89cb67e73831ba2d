import CRabbitMQ

/// Puts a message together from its method, header and body frames. The body is copied once, out of the frame.
struct ContentAssembler {
    /// The method that announced the content.
    enum Kind {
        case delivery(tag: UInt64, redelivered: Bool, consumerTag: String)
        case answer(tag: UInt64, redelivered: Bool)
        case returned(replyCode: Int, replyText: String)
    }

    struct Content {
        var kind: Kind
        var exchange: String
        var routingKey: String
        var properties = AMQPProperties()
        var body: [UInt8] = []
    }

    private enum State {
        case idle
        case awaitingHeader
        case awaitingBody(missing: UInt64)
    }

    private var state = State.idle
    private var content: Content?

    mutating func begin(_ kind: Kind, exchange: String, routingKey: String) {
        state = .awaitingHeader
        content = Content(kind: kind, exchange: exchange, routingKey: routingKey)
    }

    /// Forgets a message that will not be completed, as when its channel is closed.
    mutating func reset() {
        state = .idle
        content = nil
    }

    /// Takes a header frame; returns the content if it has no body.
    mutating func header(_ properties: AMQPProperties, bodySize: UInt64) -> Content? {
        guard case .awaitingHeader = state else { return nil }
        content?.properties = properties
        if bodySize == 0 { return finish() }
        content?.body.reserveCapacity(Int(min(bodySize, UInt64(WireLimits.bodyReservationBytes))))
        state = .awaitingBody(missing: bodySize)
        return nil
    }

    /// Takes a body frame; returns the content when it is complete.
    mutating func body(_ fragment: amqp_bytes_t) -> Content? {
        guard case .awaitingBody(let missing) = state else { return nil }
        content?.body.append(contentsOf: UnsafeRawBufferPointer(start: fragment.bytes, count: fragment.len))
        if UInt64(fragment.len) >= missing { return finish() }
        state = .awaitingBody(missing: missing - UInt64(fragment.len))
        return nil
    }

    private mutating func finish() -> Content? {
        defer { reset() }
        return content
    }
}
