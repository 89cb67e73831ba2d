import CRabbitMQ

extension ConnectionLoop {
    /// Writes the next request, if none is unanswered; those that restore the channel go first.
    func startNextCall() throws(AMQPError) {
        guard activeCall == nil, closeDeadline == nil else { return }
        if !recovery.isEmpty {
            activeCall = PendingCall(request: recovery.removeFirst(), waiter: nil)
        } else {
            if isRecovering {
                isRecovering = false
                emit(.channelReopened)
                flushEvents()
            }
            activeCall = calls.popFirst()
        }
        guard var call = activeCall else { return }
        call.deadline = MonotonicTime.now() &+ configuration.operationTimeout.nanoseconds
        activeCall = call
        defer { arena.recycle() }
        try check(try send(call.request))
    }

    func finishCall(_ result: Result<ChannelReply, AMQPError>) {
        guard let call = activeCall else { return }
        activeCall = nil
        call.waiter?.resume(returning: result)
    }

    /// Takes a method that is no event: the answer to the active call.
    func answered(_ id: UInt32, _ decoded: UnsafeMutableRawPointer) {
        guard let request = activeCall?.request else { return }
        switch (id, request) {
        case (CRABBIT_QUEUE_DECLARE_OK, .declareQueue):
            let method = decoded.assumingMemoryBound(to: amqp_queue_declare_ok_t.self).pointee
            finishCall(
                .success(
                    .queue(
                        AMQPQueueInfo(
                            name: WireReader.string(method.queue), messageCount: Int(method.message_count),
                            consumerCount: Int(method.consumer_count)))))
        case (CRABBIT_QUEUE_PURGE_OK, .purgeQueue):
            let method = decoded.assumingMemoryBound(to: amqp_queue_purge_ok_t.self).pointee
            finishCall(.success(.count(Int(method.message_count))))
        case (CRABBIT_QUEUE_DELETE_OK, .deleteQueue):
            let method = decoded.assumingMemoryBound(to: amqp_queue_delete_ok_t.self).pointee
            finishCall(.success(.count(Int(method.message_count))))
        case (CRABBIT_BASIC_GET_EMPTY, .get):
            finishCall(.success(.message(nil)))
        case (CRABBIT_BASIC_CONSUME_OK, .consume):
            let tag = WireReader.string(
                decoded.assumingMemoryBound(to: amqp_basic_consume_ok_t.self).pointee.consumer_tag)
            consumers.insert(tag)
            finishCall(.success(.consumer(tag: tag)))
        case (CRABBIT_BASIC_CANCEL_OK, .cancelConsumer(let tag)):
            consumers.remove(tag)
            finishCall(.success(.done))
        case (CRABBIT_CONFIRM_SELECT_OK, .selectConfirms):
            confirmsSelected = true
            finishCall(.success(.done))
        case (CRABBIT_BASIC_QOS_OK, .setPrefetch(let count)):
            prefetch = count
            finishCall(.success(.done))
        case (CRABBIT_CHANNEL_OPEN_OK, .openChannel), (CRABBIT_EXCHANGE_DECLARE_OK, .declareExchange),
            (CRABBIT_EXCHANGE_DELETE_OK, .deleteExchange), (CRABBIT_QUEUE_BIND_OK, .bindQueue),
            (CRABBIT_QUEUE_UNBIND_OK, .unbindQueue):
            finishCall(.success(.done))
        default:
            return
        }
    }

    private func send(_ request: ChannelRequest) throws(AMQPError) -> Int32 {
        switch request {
        case .openChannel:
            var method = amqp_channel_open_t()
            return send(CRABBIT_CHANNEL_OPEN, &method)
        case .declareExchange(let name, let kind, let durable, let passive, let autoDelete, let arguments):
            var method = amqp_exchange_declare_t()
            method.exchange = try arena.bytes(name)
            method.type = try arena.bytes(kind.rawValue)
            method.durable = durable ? 1 : 0
            method.passive = passive ? 1 : 0
            method.auto_delete = autoDelete ? 1 : 0
            method.arguments = try arena.table(arguments)
            return send(CRABBIT_EXCHANGE_DECLARE, &method)
        case .deleteExchange(let name):
            var method = amqp_exchange_delete_t()
            method.exchange = try arena.bytes(name)
            return send(CRABBIT_EXCHANGE_DELETE, &method)
        case .declareQueue(let name, let durable, let exclusive, let autoDelete, let passive, let arguments):
            var method = amqp_queue_declare_t()
            method.queue = try arena.bytes(name)
            method.durable = durable ? 1 : 0
            method.exclusive = exclusive ? 1 : 0
            method.auto_delete = autoDelete ? 1 : 0
            method.passive = passive ? 1 : 0
            method.arguments = try arena.table(arguments)
            return send(CRABBIT_QUEUE_DECLARE, &method)
        case .bindQueue(let name, let exchange, let key, let arguments):
            var method = amqp_queue_bind_t()
            method.queue = try arena.bytes(name)
            method.exchange = try arena.bytes(exchange)
            method.routing_key = try arena.bytes(key)
            method.arguments = try arena.table(arguments)
            return send(CRABBIT_QUEUE_BIND, &method)
        case .unbindQueue(let name, let exchange, let key, let arguments):
            var method = amqp_queue_unbind_t()
            method.queue = try arena.bytes(name)
            method.exchange = try arena.bytes(exchange)
            method.routing_key = try arena.bytes(key)
            method.arguments = try arena.table(arguments)
            return send(CRABBIT_QUEUE_UNBIND, &method)
        case .purgeQueue(let name):
            var method = amqp_queue_purge_t()
            method.queue = try arena.bytes(name)
            return send(CRABBIT_QUEUE_PURGE, &method)
        case .deleteQueue(let name, let ifUnused, let ifEmpty):
            var method = amqp_queue_delete_t()
            method.queue = try arena.bytes(name)
            method.if_unused = ifUnused ? 1 : 0
            method.if_empty = ifEmpty ? 1 : 0
            return send(CRABBIT_QUEUE_DELETE, &method)
        case .get(let queue, let autoAcknowledge):
            var method = amqp_basic_get_t()
            method.queue = try arena.bytes(queue)
            method.no_ack = autoAcknowledge ? 1 : 0
            return send(CRABBIT_BASIC_GET, &method)
        case .selectConfirms:
            var method = amqp_confirm_select_t()
            return send(CRABBIT_CONFIRM_SELECT, &method)
        case .setPrefetch(let count):
            var method = amqp_basic_qos_t()
            method.prefetch_count = count
            return send(CRABBIT_BASIC_QOS, &method)
        case .consume(let queue, let tag, let noAcknowledge, let exclusive, let arguments):
            var method = amqp_basic_consume_t()
            method.queue = try arena.bytes(queue)
            method.consumer_tag = try arena.bytes(tag)
            method.no_ack = noAcknowledge ? 1 : 0
            method.exclusive = exclusive ? 1 : 0
            method.arguments = try arena.table(arguments)
            return send(CRABBIT_BASIC_CONSUME, &method)
        case .cancelConsumer(let tag):
            var method = amqp_basic_cancel_t()
            method.consumer_tag = try arena.bytes(tag)
            return send(CRABBIT_BASIC_CANCEL, &method)
        }
    }

    private func send(_ id: UInt32, _ method: UnsafeMutableRawPointer) -> Int32 {
        write { amqp_send_method($0, WireLimits.channel, id, method) }
    }
}
