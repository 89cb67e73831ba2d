import CRabbitMQ
import Glibc
import Synchronization

/// The one home of an `amqp_connection_state_t`: made, used and destroyed on the connection's own thread.
///
/// One channel per connection, since librabbitmq loses parked frames of other channels. Requests are written, and
/// their answers met as ordinary frames, instead of with the library's own calls, which wait without a limit and park
/// what arrives meanwhile; so the only calls here that may block are writes, and those the watchdog ends.
///
/// Phases: connect → (drain frames → tell the sink → obey commands → write → sleep)* → destroy.
final class ConnectionLoop {
    /// Frames read before commands get their turn, so that a flood does not starve acknowledgements.
    static let framesPerDrain = 4096
    /// The same in bytes of bodies: whoever counts what is open has to hear of large messages one by one.
    static let bytesPerDrain = 4 * 1024 * 1024
    /// Messages written before frames are read again: confirms and returns must not pile up while a burst goes out.
    static let messagesPerDrain = 128
    /// The limit of an orderly close.
    static let closeTimeout = Duration.seconds(3)

    let configuration: AMQPConfiguration
    let mailbox: ConnectionMailbox
    let sink: @Sendable ([AMQPConnectionEvent]) -> Void
    let arena = WireArena()

    var connection: amqp_connection_state_t?
    var descriptor: Int32 = -1
    var heartbeatNanoseconds: Int64 = 0
    /// When bytes were last known to have arrived; never later than what the library believes.
    var receivedAt: Int64 = 0

    var assembler = ContentAssembler()
    var exchangeName = RepeatedString()
    var routingKey = RepeatedString()
    var consumerTag = RepeatedString()

    var events: [AMQPConnectionEvent] = []
    var deliveries: [AMQPDelivery] = []
    /// Bytes of the bodies that were read in this turn.
    var bytesDrained = 0
    var confirms: [AMQPConfirm] = []

    /// Taken out of the mailbox and not obeyed yet; kept here, so that whoever waits for one hears of the end.
    var commands = FIFO<ConnectionCommand>()
    var calls = FIFO<PendingCall>()
    var activeCall: PendingCall?
    /// What restores the channel after the broker has closed it; ahead of all calls.
    var recovery: [ChannelRequest] = []
    var isRecovering = false
    /// Counts the channels of this connection, so that messages meant for a closed one are not written to its heir.
    var channelEpoch: UInt64 = 1
    var confirmsSelected = false
    var prefetch: UInt16?
    var consumers: Set<String> = []

    var outgoing = FIFO<OutgoingMessage>()
    var isBlocked = false
    var wantsClose = false
    var closeDeadline: Int64?
    var isClosed = false

    init(
        configuration: AMQPConfiguration, mailbox: ConnectionMailbox,
        sink: @escaping @Sendable ([AMQPConnectionEvent]) -> Void
    ) {
        self.configuration = configuration
        self.mailbox = mailbox
        self.sink = sink
    }

    /// The body of the thread.
    func run() {
        let reason: AMQPError
        do throws(AMQPError) {
            try connect()
            while !isClosed {
                let hasMore = try drain()
                flushEvents()
                try obeyCommands()
                try expireCall()
                try writeOutgoing()
                // Behind the messages handed over before, so that a `get` finds what was published.
                if outgoing.isEmpty || !canWrite { try startNextCall() }
                if wantsClose, outgoing.isEmpty || !canWrite { try beginClose() }
                try sleep(hasMore: hasMore)
            }
            reason = .closedHere(address: configuration.address)
        } catch {
            reason = closeDeadline == nil ? error : .closedHere(address: configuration.address)
        }
        end(reason)
    }

    /// Frees the connection, and tells everybody who waits for something why it will not come.
    func end(_ reason: AMQPError) {
        if let connection { amqp_destroy_connection(connection) }
        connection = nil
        flushEvents()
        activeCall?.waiter?.resume(returning: .failure(reason))
        activeCall = nil
        for call in calls.removeAll() { call.waiter?.resume(returning: .failure(reason)) }
        for case .call(_, let waiter) in commands.removeAll() + mailbox.finish(reason) {
            waiter.resume(returning: .failure(reason))
        }
        sink([.closed(reason)])
    }

    // MARK: Sleeping

    /// Waits until the socket or the mailbox has something, or it is time for a heartbeat or a deadline.
    private func sleep(hasMore: Bool) throws(AMQPError) {
        guard !isClosed else { return }
        let mayStartWriting = canWrite && !outgoing.isEmpty
        let timeout = hasMore || mayStartWriting || !mailbox.prepareToSleep() ? 0 : sleepMilliseconds()
        mailbox.busySince.store(0, ordering: .relaxed)
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: mailbox.wakeDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        let ready = poll(&descriptors, 2, timeout)
        let now = MonotonicTime.now()
        mailbox.busySince.store(now, ordering: .relaxed)
        if mailbox.isAborted { throw .cancelled("The connection to the broker \(configuration.address)") }
        guard ready > 0 else { return }
        if descriptors[0].revents != 0 { receivedAt = now }
        if descriptors[1].revents != 0 { mailbox.clearWake() }
    }

    /// Whether bytes wait, without waiting for them; notes their arrival.
    func noteArrivals() {
        var socket = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&socket, 1, 0) > 0 { receivedAt = MonotonicTime.now() }
    }

    private func sleepMilliseconds() -> Int32 {
        let now = MonotonicTime.now()
        // Half a heartbeat: the library sends its own only when it is called.
        var limit = heartbeatNanoseconds / 2
        if let activeCall { limit = min(limit, activeCall.deadline - now) }
        if let closeDeadline { limit = min(limit, closeDeadline - now) }
        return Int32(clamping: max(limit, 0) / 1_000_000 + 1)
    }

    // MARK: Commands

    /// Does what the mailbox asks for, up to the first thing that fails.
    func obeyCommands() throws(AMQPError) {
        commands.append(contentsOf: mailbox.takeCommands())
        while let command = commands.popFirst() { try obey(command) }
    }

    private func obey(_ command: ConnectionCommand) throws(AMQPError) {
        switch command {
        case .call(let request, let waiter):
            calls.append(PendingCall(request: request, waiter: waiter))
        case .publish(let messages, let epoch):
            if epoch == nil || epoch == channelEpoch { outgoing.append(contentsOf: messages) }
        case .acknowledge(let tag, let multiple):
            guard !isRecovering, closeDeadline == nil else { return }
            try check(write { amqp_basic_ack($0, WireLimits.channel, tag, multiple ? 1 : 0) })
        case .reject(let tag, let requeue):
            guard !isRecovering, closeDeadline == nil else { return }
            try check(write { amqp_basic_reject($0, WireLimits.channel, tag, requeue ? 1 : 0) })
        case .close:
            wantsClose = true
        }
    }

    private func beginClose() throws(AMQPError) {
        guard closeDeadline == nil else { return }
        closeDeadline = MonotonicTime.now() + ConnectionLoop.closeTimeout.nanoseconds
        var close = amqp_connection_close_t()
        close.reply_code = 200
        try check(write { amqp_send_method($0, 0, CRABBIT_CONNECTION_CLOSE, &close) })
    }

    private func expireCall() throws(AMQPError) {
        let now = MonotonicTime.now()
        if let closeDeadline, now >= closeDeadline { isClosed = true }
        guard let activeCall, now >= activeCall.deadline else { return }
        throw AMQPError(
            code: .timeout,
            message: "The broker \(configuration.address) did not answer in \(configuration.operationTimeout) while "
                + "\(activeCall.request.action); the connection is given up.")
    }

    // MARK: The library

    /// Calls the library with the connection, and marks the time for the watchdog.
    func write(_ body: (amqp_connection_state_t) -> Int32) -> Int32 {
        guard let connection else { return Int32(AMQP_STATUS_SOCKET_CLOSED.rawValue) }
        mailbox.busySince.store(MonotonicTime.now(), ordering: .relaxed)
        return body(connection)
    }

    func check(_ status: Int32) throws(AMQPError) {
        if status < 0 { throw .library(status: status, address: configuration.address) }
    }

    // MARK: Events

    /// Adds an event behind what has been gathered; consecutive deliveries and confirms travel together.
    func emit(_ event: AMQPConnectionEvent) {
        gather()
        events.append(event)
    }

    func gather() {
        if !deliveries.isEmpty {
            events.append(.deliveries(deliveries))
            deliveries = []
        }
        if !confirms.isEmpty {
            events.append(.confirms(confirms))
            confirms = []
        }
    }

    func flushEvents() {
        gather()
        guard !events.isEmpty else { return }
        let batch = events
        events = []
        sink(batch)
    }
}
