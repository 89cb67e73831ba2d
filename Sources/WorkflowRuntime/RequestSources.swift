import WorkflowCore

/// Where the fate of requests is told: those of the broker, and those of the clock.
struct RequestSources: Deliveries {
    let broker: any RequestIntake
    let clock: ScheduleClock

    private func source(_ receipt: DeliveryReceipt) -> any Deliveries { receipt.isOfTick ? clock : broker }

    func isOpen(_ receipt: DeliveryReceipt) -> Bool { source(receipt).isOpen(receipt) }

    func acknowledge(_ receipts: [DeliveryReceipt]) {
        guard receipts.contains(where: \.isOfTick) else { return broker.acknowledge(receipts) }
        clock.acknowledge(receipts.filter(\.isOfTick))
        broker.acknowledge(receipts.filter { !$0.isOfTick })
    }

    func reject(_ receipt: DeliveryReceipt, _ rejection: RequestRejection) async {
        await source(receipt).reject(receipt, rejection)
    }
}

extension DeliveryReceipt {
    /// No broker counts that many connections.
    private static let generationOfTicks = UInt64.max

    /// The receipt of a tick.
    init(tick number: UInt64) {
        self.init(generation: Self.generationOfTicks, tag: number)
    }

    /// Whether the clock asked, and not a message.
    var isOfTick: Bool { generation == Self.generationOfTicks }
}
