extension AMQPConnection {
    /// Declares an exchange, or with `passive` checks that it exists.
    ///
    /// - Throws: ``AMQPError`` with code `notFound` (passive), `preconditionFailed` (it exists with other settings),
    ///   `accessRefused`, or why the connection is over.
    public func declareExchange(
        _ name: String, kind: AMQPExchangeKind, durable: Bool = true, passive: Bool = false, autoDelete: Bool = false,
        arguments: AMQPTable = [:]
    ) async throws(AMQPError) {
        _ = try await call(
            .declareExchange(
                name: name, kind: kind, durable: durable, passive: passive, autoDelete: autoDelete,
                arguments: arguments))
    }

    /// Deletes an exchange; one that does not exist is no error.
    public func deleteExchange(_ name: String) async throws(AMQPError) {
        _ = try await call(.deleteExchange(name: name))
    }

    /// Declares a queue, or with `passive` checks that it exists.
    ///
    /// A passive declaration should carry no arguments: it then accepts a queue of any kind.
    ///
    /// - Parameter name: empty to let the broker choose one.
    /// - Throws: ``AMQPError`` with code `notFound` (passive), `preconditionFailed` (it exists with other settings),
    ///   `resourceLocked` (exclusive to another connection), `accessRefused`, or why the connection is over.
    public func declareQueue(
        _ name: String = "", durable: Bool = true, exclusive: Bool = false, autoDelete: Bool = false,
        passive: Bool = false, arguments: AMQPTable = [:]
    ) async throws(AMQPError) -> AMQPQueueInfo {
        let reply = try await call(
            .declareQueue(
                name: name, durable: durable, exclusive: exclusive, autoDelete: autoDelete, passive: passive,
                arguments: arguments))
        guard case .queue(let info) = reply else { throw unexpected() }
        return info
    }

    /// Binds a queue to an exchange; repeating it is no error.
    public func bindQueue(
        _ name: String, to exchange: String, routingKey: String, arguments: AMQPTable = [:]
    ) async throws(AMQPError) {
        _ = try await call(.bindQueue(name: name, exchange: exchange, routingKey: routingKey, arguments: arguments))
    }

    /// Removes a binding; one that does not exist is no error.
    public func unbindQueue(
        _ name: String, from exchange: String, routingKey: String, arguments: AMQPTable = [:]
    ) async throws(AMQPError) {
        _ = try await call(.unbindQueue(name: name, exchange: exchange, routingKey: routingKey, arguments: arguments))
    }

    /// Deletes a queue and returns how many messages it held; one that does not exist is no error.
    @discardableResult
    public func deleteQueue(
        _ name: String, ifUnused: Bool = false, ifEmpty: Bool = false
    ) async throws(AMQPError) -> Int {
        guard case .count(let count) = try await call(.deleteQueue(name: name, ifUnused: ifUnused, ifEmpty: ifEmpty))
        else { throw unexpected() }
        return count
    }

    /// Removes all messages that are ready and returns how many they were.
    @discardableResult
    public func purgeQueue(_ name: String) async throws(AMQPError) -> Int {
        guard case .count(let count) = try await call(.purgeQueue(name: name)) else { throw unexpected() }
        return count
    }

    func unexpected() -> AMQPError {
        AMQPError(
            code: .protocolError,
            message: "The broker \(configuration.address) gave an answer of the wrong kind; see its log.")
    }
}
