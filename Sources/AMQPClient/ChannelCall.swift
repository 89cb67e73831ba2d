/// A request that the broker answers. One is on its way at a time: AMQP answers carry no id.
enum ChannelRequest: Sendable {
    case openChannel
    case declareExchange(
        name: String, kind: AMQPExchangeKind, durable: Bool, passive: Bool, autoDelete: Bool, arguments: AMQPTable)
    case deleteExchange(name: String)
    case declareQueue(
        name: String, durable: Bool, exclusive: Bool, autoDelete: Bool, passive: Bool, arguments: AMQPTable)
    case bindQueue(name: String, exchange: String, routingKey: String, arguments: AMQPTable)
    case unbindQueue(name: String, exchange: String, routingKey: String, arguments: AMQPTable)
    case purgeQueue(name: String)
    case deleteQueue(name: String, ifUnused: Bool, ifEmpty: Bool)
    case get(queue: String, autoAcknowledge: Bool)
    case selectConfirms
    case setPrefetch(UInt16)
    case consume(queue: String, tag: String, noAcknowledge: Bool, exclusive: Bool, arguments: AMQPTable)
    case cancelConsumer(tag: String)
}

/// The answer.
enum ChannelReply: Sendable {
    case done
    case queue(AMQPQueueInfo)
    case count(Int)
    case message(AMQPDelivery?)
    case consumer(tag: String)
}

/// A request together with who waits for it; nobody for those that reopen a channel.
struct PendingCall {
    typealias Waiter = CheckedContinuation<Result<ChannelReply, AMQPError>, Never>

    var request: ChannelRequest
    var waiter: Waiter?
    var deadline: Int64 = .max
}

extension ChannelRequest {
    /// What the user was doing, for error messages.
    var action: String {
        switch self {
        case .openChannel: "opening a channel"
        case .declareExchange(let name, _, _, _, _, _): "declaring exchange '\(name)'"
        case .deleteExchange(let name): "deleting exchange '\(name)'"
        case .declareQueue(let name, _, _, _, _, _): "declaring queue '\(name)'"
        case .bindQueue(let name, let exchange, _, _): "binding queue '\(name)' to '\(exchange)'"
        case .unbindQueue(let name, let exchange, _, _): "unbinding queue '\(name)' from '\(exchange)'"
        case .purgeQueue(let name): "purging queue '\(name)'"
        case .deleteQueue(let name, _, _): "deleting queue '\(name)'"
        case .get(let queue, _): "getting a message from queue '\(queue)'"
        case .selectConfirms: "selecting confirms"
        case .setPrefetch: "setting the prefetch"
        case .consume(let queue, _, _, _, _): "consuming from queue '\(queue)'"
        case .cancelConsumer: "cancelling a consumer"
        }
    }

    /// Throws where AMQP cannot express the request; see ``AMQPMessage/headerSize()`` for why the check is ours.
    func validate() throws(AMQPError) {
        let (texts, arguments): ([String], AMQPTable) =
            switch self {
            case .openChannel, .selectConfirms, .setPrefetch: ([], [:])
            case .declareExchange(let name, let kind, _, _, _, let arguments): ([name, kind.rawValue], arguments)
            case .deleteExchange(let name): ([name], [:])
            case .declareQueue(let name, _, _, _, _, let arguments): ([name], arguments)
            case .bindQueue(let name, let exchange, let key, let arguments),
                .unbindQueue(let name, let exchange, let key, let arguments):
                ([name, exchange, key], arguments)
            case .purgeQueue(let name), .deleteQueue(let name, _, _), .get(let name, _): ([name], [:])
            case .consume(let queue, let tag, _, _, let arguments): ([queue, tag], arguments)
            case .cancelConsumer(let tag): ([tag], [:])
            }
        // A method must fit into one frame, and a broker may have lowered the frame size to 4096.
        let size = AMQPTableValue.encodedSize(of: arguments)
        guard texts.allSatisfy({ $0.utf8.count <= WireLimits.shortStringBytes }), let size, size <= 2048 else {
            throw AMQPError(
                code: .invalidMessage,
                message: "A name has more than 255 bytes, or the arguments more than 2048, while \(action); shorten it."
            )
        }
    }
}
