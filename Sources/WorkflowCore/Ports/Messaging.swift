/// Identifies a delivery that waits for its acknowledgement.
public struct DeliveryReceipt: Sendable, Hashable {
    /// Which connection it came over; older ones are void, the broker delivers their messages again.
    public let generation: UInt64
    /// Its tag on that connection.
    public let tag: UInt64

    /// A receipt from its parts.
    public init(generation: UInt64, tag: UInt64) {
        self.generation = generation
        self.tag = tag
    }
}

/// A message from the queue of requests or of control messages, not looked into yet.
public struct IncomingRequest: Sendable {
    /// The body as it came.
    public let body: [UInt8]
    /// The properties that it is read with.
    public let envelope: ExecutionRequest.Envelope
    /// To acknowledge it by.
    public let receipt: DeliveryReceipt

    /// A message from its parts.
    public init(body: [UInt8], envelope: ExecutionRequest.Envelope, receipt: DeliveryReceipt) {
        self.body = body
        self.envelope = envelope
        self.receipt = receipt
    }
}

/// Where the fate of deliveries is told.
public protocol Deliveries: Sendable {
    /// Whether a delivery can still be acknowledged; if not, the broker delivers its message again.
    func isOpen(_ receipt: DeliveryReceipt) -> Bool

    /// Acknowledges deliveries whose fate is committed. Stale ones are ignored.
    func acknowledge(_ receipts: [DeliveryReceipt])

    /// Parks a message with its reason, answers it if it asked for a reply, then acknowledges it.
    func reject(_ receipt: DeliveryReceipt, _ rejection: RequestRejection) async
}

/// Where requests come from, and control messages from another one.
public protocol RequestIntake: Deliveries {
    /// Requests as they arrive, several at a time. Not acknowledged messages bound how many are under way.
    var requests: AsyncStream<[IncomingRequest]> { get }

    /// Lets requests come: whoever takes them is ready. Until then they stay with the broker, where others can have them.
    func begin()
}

/// A result on its way to one caller.
public struct ResultReply: Sendable, Equatable {
    /// Where it goes.
    public let address: ReplyAddress
    /// What it says.
    public let result: ExecutionResult

    /// A reply from its parts.
    public init(address: ReplyAddress, result: ExecutionResult) {
        self.address = address
        self.result = result
    }

    /// A result for everybody who awaits it, each once: a request that was delivered twice asks twice.
    public static func replies(
        _ result: ExecutionResult, to first: ReplyAddress?, and others: [ReplyAddress]
    ) -> [ResultReply] {
        var seen: Set<ReplyAddress> = []
        return ([first].compactMap { $0 } + others).filter { seen.insert($0).inserted }
            .map { ResultReply(address: $0, result: result) }
    }
}

/// Where committed events and results go.
public protocol EventPublisher: Sendable {
    /// Publishes the events of commits in this order, and replies. Events that nobody is to hear of count as published.
    ///
    /// Returns once the broker has confirmed all of it, however long the broker is away; a reply that no queue takes
    /// is parked.
    /// - Parameter inLine: Called as soon as whatever is published from then on comes behind these events, at the latest
    ///   when this returns; so the next publication need not wait for the confirms of this one.
    /// - Throws: `CancellationError` when the task is cancelled first.
    func publish(
        _ groups: [EventGroup], replies: [ResultReply], inLine: @escaping @Sendable () -> Void
    ) async throws

    /// Tells the senders of control messages what became of them, and parks those that were refused.
    ///
    /// Returns once the broker has confirmed all of it, however long the broker is away; a reply that no queue takes
    /// is parked.
    /// - Throws: `CancellationError` when the task is cancelled first.
    func answer(_ controls: [SettledControl]) async throws

    /// Tells one more sender of a control message what became of it; otherwise like `answer(_:)`.
    func reply(_ outcome: ControlOutcome, to caller: ReplyAddress) async throws
}

extension EventPublisher {
    /// The same, for a caller that publishes one thing after another.
    public func publish(_ groups: [EventGroup], replies: [ResultReply]) async throws {
        try await publish(groups, replies: replies, inLine: {})
    }
}
