import Cron
import Synchronization
import WorkflowCore

/// The way from the queue of requests to a lane: reads each message, finds its definition, checks its input.
///
/// Runs beside the lane, so that decoding goes on while a commit is under way.
struct Admission: Sendable {
    let intake: any RequestIntake
    let definitions: DefinitionRegistry
    let lanes: Lanes
    let environment: RuntimeEnvironment

    /// Admits requests until the intake ends or the task is cancelled.
    func run() async {
        for await batch in intake.requests {
            for incoming in batch { await admit(incoming) }
        }
    }

    private func admit(_ incoming: IncomingRequest) async {
        do {
            let request = try ExecutionRequest(body: incoming.body, envelope: incoming.envelope)
            let admitted = AdmittedRequest(
                request: request, executionID: request.executionID ?? environment.newExecutionID(),
                definition: definition(for: request), receipt: incoming.receipt, byteCount: incoming.body.count,
                mayBeKnown: request.isRedelivered
            )
            lanes.lane(for: admitted).mailbox.post(.request(admitted))
        } catch {
            await intake.reject(incoming.receipt, error)
        }
    }

    private func definition(for request: ExecutionRequest) -> Result<WorkflowDefinition, RequestRejection> {
        do {
            return .success(try definitions.catalog.definition(for: request))
        } catch {
            return .failure(error)
        }
    }
}

/// The definitions that a coordinator runs; executions that it takes over may bring older ones along.
final class DefinitionRegistry: Sendable {
    private let current: Mutex<DefinitionCatalog>
    private let older = Mutex<[WorkflowReference: WorkflowDefinition]>([:])
    private let agents: Set<String>

    init(_ catalog: DefinitionCatalog, agents: Set<String>) {
        current = Mutex(catalog)
        self.agents = agents
    }

    /// What new requests may ask for.
    var catalog: DefinitionCatalog { current.withLock { $0 } }

    /// The definition of exactly this content: a current one, or the text that the journal kept.
    ///
    /// - Returns: nil when neither has it, or the text needs agents that this coordinator does not have.
    func definition(
        _ reference: WorkflowReference, journal: any Journal
    ) async throws(JournalError) -> WorkflowDefinition? {
        if let known = catalog.definition(reference) ?? older.withLock({ $0[reference] }) { return known }
        guard let source = try await journal.definitionSource(reference),
            let definition = try? WorkflowDefinition(
                yaml: source, file: reference.id, agents: agents, zones: .unchecked)
        else { return nil }
        older.withLock { $0[reference] = definition }
        return definition
    }
}
