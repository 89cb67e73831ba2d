import CRabbitMQ

extension ConnectionLoop {
    /// Reads frames until none is left or the turn is over; returns whether more may be waiting.
    ///
    /// The library buffers, as does TLS, so silence on the socket means nothing until it has answered "timeout".
    func drain() throws(AMQPError) -> Bool {
        guard let connection else { return false }
        bytesDrained = 0
        for _ in 0..<ConnectionLoop.framesPerDrain {
            if bytesDrained >= ConnectionLoop.bytesPerDrain { return true }
            var frame = amqp_frame_t()
            var none = timeval()
            let status = amqp_simple_wait_frame_noblock(connection, &frame, &none)
            if status == CRABBIT_TIMEOUT { return false }
            try check(status)
            try handle(&frame)
            // Everything has been copied out; without this the library keeps every frame it has ever decoded.
            amqp_maybe_release_buffers_on_channel(connection, frame.channel)
            if isClosed { return false }
        }
        return true
    }

    private func handle(_ frame: inout amqp_frame_t) throws(AMQPError) {
        switch frame.frame_type {
        case CRABBIT_FRAME_METHOD:
            let id = crabbit_frame_method_id(&frame)
            guard let decoded = crabbit_frame_method(&frame) else { return }
            if frame.channel == 0 {
                try handleConnection(id, decoded)
            } else {
                try handleChannel(id, decoded)
            }
        case CRABBIT_FRAME_HEADER:
            guard let properties = crabbit_frame_properties(&frame) else { return }
            complete(
                assembler.header(
                    WireReader.properties(properties.pointee), bodySize: crabbit_frame_body_size(&frame)))
        case CRABBIT_FRAME_BODY:
            complete(assembler.body(crabbit_frame_body(&frame)))
        default:
            return
        }
    }

    private func handleConnection(_ id: UInt32, _ decoded: UnsafeMutableRawPointer) throws(AMQPError) {
        switch id {
        case CRABBIT_CONNECTION_CLOSE:
            let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            let error = AMQPError.closedByBroker(
                scope: .connectionClosed, replyCode: Int(close.reply_code), text: WireReader.string(close.reply_text),
                address: configuration.address, action: activeCall?.request.action)
            var answer = amqp_connection_close_ok_t()
            _ = write { amqp_send_method($0, 0, CRABBIT_CONNECTION_CLOSE_OK, &answer) }
            throw error
        case CRABBIT_CONNECTION_CLOSE_OK:
            isClosed = true
        case CRABBIT_CONNECTION_BLOCKED:
            isBlocked = true
            let blocked = decoded.assumingMemoryBound(to: amqp_connection_blocked_t.self).pointee
            emit(.blocked(reason: WireReader.string(blocked.reason)))
        case CRABBIT_CONNECTION_UNBLOCKED:
            isBlocked = false
            emit(.unblocked)
        default:
            return
        }
    }

    private func handleChannel(_ id: UInt32, _ decoded: UnsafeMutableRawPointer) throws(AMQPError) {
        switch id {
        case CRABBIT_BASIC_DELIVER:
            let method = decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee
            assembler.begin(
                .delivery(
                    tag: method.delivery_tag, redelivered: method.redelivered != 0,
                    consumerTag: consumerTag.read(method.consumer_tag)),
                exchange: exchangeName.read(method.exchange), routingKey: routingKey.read(method.routing_key))
        case CRABBIT_BASIC_GET_OK:
            let method = decoded.assumingMemoryBound(to: amqp_basic_get_ok_t.self).pointee
            assembler.begin(
                .answer(tag: method.delivery_tag, redelivered: method.redelivered != 0),
                exchange: exchangeName.read(method.exchange), routingKey: routingKey.read(method.routing_key))
        case CRABBIT_BASIC_RETURN:
            let method = decoded.assumingMemoryBound(to: amqp_basic_return_t.self).pointee
            assembler.begin(
                .returned(replyCode: Int(method.reply_code), replyText: WireReader.string(method.reply_text)),
                exchange: exchangeName.read(method.exchange), routingKey: routingKey.read(method.routing_key))
        case CRABBIT_BASIC_ACK:
            let method = decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
            confirm(method.delivery_tag, multiple: method.multiple != 0, accepted: true)
        case CRABBIT_BASIC_NACK:
            let method = decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
            confirm(method.delivery_tag, multiple: method.multiple != 0, accepted: false)
        case CRABBIT_BASIC_CANCEL:
            let method = decoded.assumingMemoryBound(to: amqp_basic_cancel_t.self).pointee
            let tag = WireReader.string(method.consumer_tag)
            consumers.remove(tag)
            emit(.consumerCancelled(tag: tag))
        case CRABBIT_CHANNEL_CLOSE:
            let method = decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            try channelClosed(replyCode: Int(method.reply_code), text: WireReader.string(method.reply_text))
        default:
            answered(id, decoded)
        }
    }

    private func confirm(_ sequence: UInt64, multiple: Bool, accepted: Bool) {
        if !deliveries.isEmpty { gather() }
        confirms.append(AMQPConfirm(sequence: sequence, multiple: multiple, accepted: accepted))
    }

    private func complete(_ content: ContentAssembler.Content?) {
        guard let content else { return }
        bytesDrained += content.body.count
        switch content.kind {
        case .delivery(let tag, let redelivered, let consumerTag):
            if !confirms.isEmpty { gather() }
            deliveries.append(delivery(content, tag, redelivered, consumerTag))
        case .answer(let tag, let redelivered):
            finishCall(.success(.message(delivery(content, tag, redelivered, ""))))
        case .returned(let replyCode, let replyText):
            emit(
                .returned(
                    replyCode: replyCode, replyText: replyText,
                    message: AMQPMessage(
                        exchange: content.exchange, routingKey: content.routingKey, properties: content.properties,
                        body: content.body)))
        }
    }

    private func delivery(
        _ content: ContentAssembler.Content, _ tag: UInt64, _ redelivered: Bool, _ consumerTag: String
    ) -> AMQPDelivery {
        AMQPDelivery(
            tag: tag, redelivered: redelivered, exchange: content.exchange, routingKey: content.routingKey,
            properties: content.properties, body: content.body, consumerTag: consumerTag)
    }

    /// Answers a `channel.close`, fails the call it belongs to and opens the channel again; with consumers on the
    /// channel the connection ends instead, because their deliveries cannot be continued.
    private func channelClosed(replyCode: Int, text: String) throws(AMQPError) {
        let error = AMQPError.closedByBroker(
            scope: .channelClosed, replyCode: replyCode, text: text, address: configuration.address,
            action: activeCall?.request.action)
        var answer = amqp_channel_close_ok_t()
        try check(write { amqp_send_method($0, WireLimits.channel, CRABBIT_CHANNEL_CLOSE_OK, &answer) })
        assembler.reset()
        _ = outgoing.removeAll()
        channelEpoch += 1
        finishCall(.failure(error))
        guard consumers.isEmpty, !isRecovering else { throw error }
        emit(.channelClosed(error))
        isRecovering = true
        recovery = [.openChannel]
        if confirmsSelected { recovery.append(.selectConfirms) }
        if let prefetch { recovery.append(.setPrefetch(prefetch)) }
    }
}
