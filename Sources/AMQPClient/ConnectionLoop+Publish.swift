import CRabbitMQ
import Glibc

extension ConnectionLoop {
    /// Whether messages may be written at all: no alarm, no channel to restore, not closing, and a peer that has been
    /// heard of lately.
    ///
    /// The last matters because `amqp_basic_publish` in librabbitmq 0.11 waits for ever when it finds the peer silent
    /// for two heartbeats. RabbitMQ sends two heartbeats in the time of one, so a peer silent for one and a half is in
    /// trouble anyway; the read side will notice at two.
    var canWrite: Bool {
        !isBlocked && !isRecovering && closeDeadline == nil
            && MonotonicTime.now() - receivedAt < heartbeatNanoseconds / 2 * 3
    }

    /// Writes a burst of what waits; the rest after the next drain.
    func writeOutgoing() throws(AMQPError) {
        guard !outgoing.isEmpty else { return }
        noteArrivals()
        var budget = ConnectionLoop.messagesPerDrain
        // The library writes each message by itself, in three parts. Held together they reach the broker in few large
        // segments, which costs both sides less: a third of this side's share of a message, a tenth of the broker's.
        let isBurst = outgoing.count > 1
        if isBurst { setCork(true) }
        defer { if isBurst { setCork(false) } }
        while budget > 0, canWrite, let next = outgoing.popFirst() {
            budget -= 1
            try publish(next)
        }
    }

    /// Holds back segments that are not full, or lets them go; the kernel lets them go by itself after 200 ms.
    private func setCork(_ isSet: Bool) {
        var value: Int32 = isSet ? 1 : 0
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private func publish(_ outgoing: OutgoingMessage) throws(AMQPError) {
        defer { arena.recycle() }
        let message = outgoing.message
        let exchange = try arena.bytes(message.exchange)
        let routingKey = try arena.bytes(message.routingKey)
        var properties = try arena.properties(message.properties)
        let status = message.body.withUnsafeBytes { body in
            write {
                // The library does not write through the pointer.
                amqp_basic_publish(
                    $0, WireLimits.channel, exchange, routingKey, outgoing.mandatory ? 1 : 0, 0, &properties,
                    amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress)))
            }
        }
        try check(status)
    }
}
