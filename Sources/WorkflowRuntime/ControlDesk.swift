import WorkflowCore

/// The way from the queue of control messages to the owners of executions: reads each message, puts it into the inbox,
/// and lets the owner know.
///
/// A message is acknowledged once the inbox has it or it is parked. Whoever owns the execution finds it there.
struct ControlDesk: Sendable {
    let coordinator: String
    let intake: any RequestIntake
    let journal: any Journal
    let publisher: any EventPublisher
    let lanes: Lanes
    /// What lanes of the coordinator say of one another's executions.
    let hints: AsyncStream<ControlHint>
    let environment: RuntimeEnvironment

    /// A control message that could be read.
    private struct Readable {
        let request: ControlRequest
        let receipt: DeliveryReceipt
    }

    /// A message that was settled before, and what its sender is to be told once more.
    private struct Copy {
        let message: Readable
        let outcome: ControlOutcome
    }

    /// Takes messages in, and passes hints on, until the intake ends or the task is cancelled.
    ///
    /// - Throws: `JournalError` when the tables are missing.
    func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await takeMessages() }
            for hints in [journal.controlHints, hints] {
                group.addTask {
                    for await hint in hints { await lanes.tell([hint]) }
                }
            }
            try await group.waitForAll()
        }
    }

    private func takeMessages() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for await batch in intake.requests {
                // Beside the messages that follow: a broker that takes no replies must not hold those up.
                for copy in try await take(batch) { group.addTask { await answer(copy) } }
            }
        }
    }

    /// - Returns: Copies of messages that have been settled.
    private func take(_ batch: [IncomingRequest]) async throws(JournalError) -> [Copy] {
        var readable: [Readable] = []
        // One whose connection is gone is delivered again.
        for message in batch where intake.isOpen(message.receipt) {
            do throws(RequestRejection) {
                var request = try ControlRequest(body: message.body, envelope: message.envelope)
                // Without a key it is a new message each time that it is delivered.
                request.messageKey = request.messageKey ?? environment.newExecutionID().description
                readable.append(Readable(request: request, receipt: message.receipt))
            } catch {
                await intake.reject(message.receipt, error)
            }
        }
        return readable.isEmpty ? [] : try await submit(readable)
    }

    private func submit(_ messages: [Readable]) async throws(JournalError) -> [Copy] {
        let receipts: [ControlReceipt]
        do throws(JournalError) {
            receipts = try await journal.submit(messages.map(\.request), publisher: coordinator)
        } catch {
            guard error.code == .refused else { throw error }
            return try await submitOneByOne(messages, error)
        }
        var kept: [DeliveryReceipt] = []
        var hints: [ControlHint] = []
        var copies: [Copy] = []
        for (message, receipt) in zip(messages, receipts) {
            switch receipt {
            case .kept(let owner):
                kept.append(message.receipt)
                if let owner { hints.append(ControlHint(execution: message.request.executionID, owner: owner)) }
            case .settled(let outcome):
                copies.append(Copy(message: message, outcome: outcome))
            case .refused(let rejection):
                await intake.reject(message.receipt, rejection)
            }
        }
        intake.acknowledge(kept)
        await lanes.tell(hints)
        return copies
    }

    /// The database refuses the messages: each by itself, so that one of them cannot hold up the others.
    private func submitOneByOne(_ messages: [Readable], _ refusal: JournalError) async throws(JournalError) -> [Copy] {
        if messages.count == 1 {
            await intake.reject(
                messages[0].receipt,
                RequestRejection(.notStorable, "The database refuses the control message: \(refusal.message)"))
            return []
        }
        var copies: [Copy] = []
        for message in messages { copies += try await submit([message]) }
        return copies
    }

    /// A message seen before gets the same reply, and nothing is done once more.
    private func answer(_ copy: Copy) async {
        if let caller = copy.message.request.replyAddress {
            // Cancelled: it is delivered again.
            guard (try? await publisher.reply(copy.outcome, to: caller)) != nil else { return }
        }
        intake.acknowledge([copy.message.receipt])
    }
}
