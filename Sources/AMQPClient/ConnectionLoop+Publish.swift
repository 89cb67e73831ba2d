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
        // The library writes each message in three parts and sends it off with the last. Held back until the burst is
        // written, many messages go in few packets, and the broker wakes up for each packet.
        let isBurst = outgoing.count > 1
        if isBurst { setCork(true) }
        defer { if isBurst { setCork(false) } }
        var budget = ConnectionLoop.messagesPerDrain
        while budget > 0, canWrite, let next = outgoing.popFirst() {
            budget -= 1
            try publish(next)
        }
    }

    /// Has the kernel send full packets only, for as long as it is on. What the socket makes of it does not matter: it
    /// is about speed.
    private func setCork(_ isOn: Bool) {
        var value: Int32 = isOn ? 1 : 0
        _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
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
