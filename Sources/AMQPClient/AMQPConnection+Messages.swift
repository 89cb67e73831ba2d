extension AMQPConnection {
    /// Fetches one message, or `nil` from an empty queue. For tools and tests; a consumer is far cheaper.
    public func get(_ queue: String, autoAcknowledge: Bool = false) async throws(AMQPError) -> AMQPDelivery? {
        guard case .message(let delivery) = try await call(.get(queue: queue, autoAcknowledge: autoAcknowledge))
        else { throw unexpected() }
        return delivery
    }

    /// Hands a message to the connection's thread, without waiting for anything. Confirms, if they are selected, and
    /// returns arrive as events; a message for a channel that is closed meanwhile is lost. See ``AMQPPublisher`` for
    /// messages that matter.
    ///
    /// - Throws: ``AMQPError`` with code `invalidMessage`, or why the connection is over.
    public func publish(_ message: AMQPMessage, mandatory: Bool = false) throws(AMQPError) {
        try publish([message], mandatory: mandatory)
    }

    /// Hands messages over as ``publish(_:mandatory:)`` does, in one go: the thread is woken once for all of them.
    ///
    /// - Throws: ``AMQPError`` with code `invalidMessage`, and then none is sent, or why the connection is over.
    public func publish(_ messages: [AMQPMessage], mandatory: Bool = false) throws(AMQPError) {
        for message in messages {
            guard try message.headerSize() + WireLimits.frameOverheadBytes <= frameBytes else {
                throw .headerTooLarge(frameBytes: frameBytes)
            }
        }
        let outgoing = messages.map { OutgoingMessage(message: $0, mandatory: mandatory) }
        if let failure = submit(.publish(outgoing, epoch: nil)) { throw failure }
    }

    /// Has the broker confirm every message published from now on.
    public func selectConfirms() async throws(AMQPError) {
        _ = try await call(.selectConfirms)
    }

    /// Limits the unacknowledged deliveries of each consumer that begins after this. Required for stream queues.
    public func setPrefetch(_ count: UInt16) async throws(AMQPError) {
        _ = try await call(.setPrefetch(count))
    }

    /// Starts a consumer and returns its tag; deliveries arrive as events.
    ///
    /// - Parameter tag: empty to let the broker choose one.
    @discardableResult
    public func consume(
        _ queue: String, tag: String = "", noAck: Bool = false, exclusive: Bool = false, arguments: AMQPTable = [:]
    ) async throws(AMQPError) -> String {
        let reply = try await call(
            .consume(queue: queue, tag: tag, noAcknowledge: noAck, exclusive: exclusive, arguments: arguments))
        guard case .consumer(let tag) = reply else { throw unexpected() }
        return tag
    }

    /// Ends a consumer. What was delivered and not acknowledged stays with this connection.
    public func cancelConsumer(_ tag: String) async throws(AMQPError) {
        _ = try await call(.cancelConsumer(tag: tag))
    }

    /// Acknowledges a delivery, with `multiple` all up to it. Returns before it is written; on a connection that is
    /// over it does nothing. An unknown tag makes the broker close the channel.
    public func acknowledge(_ tag: UInt64, multiple: Bool = false) {
        post(.acknowledge(tag: tag, multiple: multiple))
    }

    /// Refuses a delivery: back into the queue, or else dropped or dead-lettered.
    public func reject(_ tag: UInt64, requeue: Bool) {
        post(.reject(tag: tag, requeue: requeue))
    }
}

extension AMQPError {
    static func headerTooLarge(frameBytes: Int) -> AMQPError {
        AMQPError(
            code: .invalidMessage,
            message: "The properties of the message do not fit into a frame of \(frameBytes) bytes; move headers into "
                + "the body.")
    }
}
