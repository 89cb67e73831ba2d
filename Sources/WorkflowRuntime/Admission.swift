import WorkflowCore

/// The way from the queue of requests to a lane: reads each message, finds its definition, checks its input.
///
/// Runs beside the lane, so that decoding goes on while a commit is under way.
struct Admission: Sendable {
    let intake: any RequestIntake
    let definitions: DefinitionRegistry
    let journal: any Journal
    let lanes: Lanes
    let environment: RuntimeEnvironment

    /// Admits requests until the intake ends or the task is cancelled.
    ///
    /// - Throws: `JournalError` when the tables are of another version.
    func run() async throws(JournalError) {
        for await batch in intake.requests {
            for incoming in batch { try await admit(incoming) }
        }
    }

    private func admit(_ incoming: IncomingRequest) async throws(JournalError) {
        let request: ExecutionRequest
        do throws(RequestRejection) {
            request = try ExecutionRequest(body: incoming.body, envelope: incoming.envelope)
        } catch {
            await intake.reject(incoming.receipt, error)
            return
        }
        let admitted = AdmittedRequest(
            request: request, executionID: request.executionID ?? environment.newExecutionID(),
            definition: try await definitions.definition(for: request, journal: journal), receipt: incoming.receipt,
            byteCount: incoming.body.count, mayBeKnown: request.isRedelivered
        )
        lanes.lane(for: admitted).mailbox.post(.request(admitted))
    }
}
