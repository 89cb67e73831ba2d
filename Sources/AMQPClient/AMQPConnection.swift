/// One connection with one channel, at the level of the protocol. It does not reconnect: see ``AMQPPublisher`` and
/// ``AMQPSubscription`` for that.
///
/// A refused operation (404, 403, 405, 406) throws and leaves the connection usable, unless a consumer is on it: then
/// the broker has closed the consumer's channel too, and the connection ends. Dropping the last reference aborts the
/// connection; ``close()`` ends it in order.
public final class AMQPConnection: Sendable {
    /// The limit of an orderly close; past it the socket is shut down.
    static let closeTimeout = Duration.seconds(4)

    /// What it was opened with.
    public let configuration: AMQPConfiguration
    /// The heartbeat agreed with the broker.
    public let heartbeat: Duration
    /// The largest frame agreed with the broker; the header of a message must fit into one.
    let frameBytes: Int
    private let mailbox: ConnectionMailbox

    private init(configuration: AMQPConfiguration, mailbox: ConnectionMailbox, opened: ConnectionMailbox.Opened) {
        self.configuration = configuration
        self.mailbox = mailbox
        heartbeat = opened.heartbeat
        frameBytes = opened.frameBytes
    }

    deinit {
        mailbox.abort()
    }

    /// Connects and logs in. Cancelling the task ends the wait at once.
    ///
    /// - Parameter onEvents: called on the connection's thread with everything that arrived in one go, in order. It
    ///   must not block, and must not be where the connection is waited for.
    /// - Throws: ``AMQPError`` with code `connectionFailed`, `authenticationFailed`, `notAllowed` (virtual host),
    ///   `invalidConfiguration` (certificate files), `protocolError` or `cancelled`.
    public static func open(
        _ configuration: AMQPConfiguration,
        onEvents: @escaping @Sendable ([AMQPConnectionEvent]) -> Void = { _ in }
    ) async throws(AMQPError) -> AMQPConnection {
        guard let mailbox = ConnectionMailbox() else {
            throw AMQPError(code: .systemError, message: "No file descriptor is left; raise the limit (ulimit -n).")
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.setOpening(continuation)
                let hasStarted = NativeThread.start(name: "amqp-connection") {
                    ConnectionLoop(configuration: configuration, mailbox: mailbox, sink: onEvents).run()
                }
                if !hasStarted {
                    let error = AMQPError(
                        code: .systemError, message: "The system refused a thread; raise the limit (ulimit -u).")
                    _ = mailbox.finish(error)
                }
            }
        } onCancel: {
            mailbox.abort()
        }
        return AMQPConnection(configuration: configuration, mailbox: mailbox, opened: try result.get())
    }

    /// Closes the connection in order and waits for its end, at most a few seconds. Acknowledgements and messages
    /// handed over before are written first.
    public func close() async {
        requestClose()
        _ = await mailbox.closed()
    }

    /// Begins to close in order without waiting.
    public func requestClose() {
        mailbox.requestClose(within: AMQPConnection.closeTimeout)
    }

    /// Ends the connection at once, whatever its thread is doing.
    public func abort() {
        mailbox.abort()
    }

    /// Waits for the end of the connection and returns the reason: code `closed` after ``close()``.
    public func waitUntilClosed() async -> AMQPError {
        await mailbox.closed()
    }

    // MARK: Internal

    func call(_ request: ChannelRequest) async throws(AMQPError) -> ChannelReply {
        try request.validate()
        let result = await withCheckedContinuation { (waiter: PendingCall.Waiter) in
            if let failure = mailbox.post(.call(request, waiter)) {
                waiter.resume(returning: .failure(failure))
            }
        }
        return try result.get()
    }

    /// Leaves a command; one that comes too late is dropped, as it would be by a connection that breaks a moment later.
    func post(_ command: ConnectionCommand) {
        _ = mailbox.post(command)
    }

    /// Leaves a command, or returns why the connection takes none any more.
    func submit(_ command: ConnectionCommand) -> AMQPError? {
        mailbox.post(command)
    }
}
