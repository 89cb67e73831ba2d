import Cron
import Synchronization
import WorkflowCore

/// The definitions that a coordinator runs: those of its files, and older ones that the journal has kept.
final class DefinitionRegistry: Sendable {
    /// What could be made of a kept definition: itself, or why it cannot run here.
    private typealias Loaded = Result<WorkflowDefinition, DefinitionErrors>

    private let current: Mutex<DefinitionCatalog>
    private let older = Mutex<[WorkflowReference: Loaded]>([:])
    let agents: Set<String>
    let timeZones: TimeZoneDatabase

    /// - Parameter timeZones: Those that schedules may name.
    init(_ catalog: DefinitionCatalog, agents: Set<String>, timeZones: TimeZoneDatabase) {
        current = Mutex(catalog)
        self.agents = agents
        self.timeZones = timeZones
    }

    /// What new requests get when they name no version.
    var catalog: DefinitionCatalog { current.withLock { $0 } }

    /// Replaces what new requests get.
    func use(_ catalog: DefinitionCatalog) { current.withLock { $0 = catalog } }

    /// The definition of exactly this content: a current one, or the text that the journal kept.
    ///
    /// - Returns: nil when neither has it, or the text needs agents that this coordinator does not have.
    func definition(
        _ reference: WorkflowReference, journal: any Journal
    ) async throws(JournalError) -> WorkflowDefinition? {
        if let known = catalog.definition(reference) { return known }
        if let known = older.withLock({ $0[reference] }) { return try? known.get() }
        guard let source = try await journal.definitionSource(reference) else { return nil }
        return try? load(KeptDefinition(reference: reference, source: source, keptAt: Self.unknown)).get()
    }

    /// The definition that a request asks for, its input checked: one of the files, or under a version that these do not have
    /// what the journal has kept.
    func definition(
        for request: ExecutionRequest, journal: any Journal
    ) async throws(JournalError) -> Result<WorkflowDefinition, RequestRejection> {
        let catalog = catalog
        do throws(RequestRejection) {
            return .success(try catalog.definition(for: request))
        } catch {
            guard let version = request.version, [.unknownVersion, .unknownWorkflow].contains(error.code),
                WorkflowReference.isName(request.workflowID)
            else { return .failure(error) }
            guard let kept = try await journal.keptDefinition(request.workflowID, version: version) else {
                return .failure(try await unknown(version, of: request.workflowID, catalog, error, journal))
            }
            return check(request, against: kept)
        }
    }

    /// Reads a kept definition, once. What is run by its name is not run by the clock, so its schedule is not looked at.
    func load(_ kept: KeptDefinition) -> Result<WorkflowDefinition, DefinitionErrors> {
        if let known = older.withLock({ $0[kept.reference] }) { return known }
        let loaded: Loaded
        do throws(DefinitionErrors) {
            loaded = .success(try WorkflowDefinition(kept, agents: agents))
        } catch {
            loaded = .failure(error)
        }
        older.withLock { $0[kept.reference] = loaded }
        return loaded
    }

    private func check(
        _ request: ExecutionRequest, against kept: KeptDefinition
    ) -> Result<WorkflowDefinition, RequestRejection> {
        switch load(kept) {
        case .success(let definition):
            do throws(RequestRejection) {
                try definition.check(request.input)
                return .success(definition)
            } catch {
                return .failure(error)
            }
        case .failure(let errors):
            let name = "version \(kept.reference.version) of '\(kept.reference.id)'"
            return .failure(
                RequestRejection(
                    .unknownVersion,
                    "The field 'version' asks for \(name), which is stored and cannot be run here: "
                        + "\(errors.errors.first?.summary ?? "it cannot be read")"))
        }
    }

    private func unknown(
        _ version: Int, of workflowID: String, _ catalog: DefinitionCatalog, _ error: RequestRejection,
        _ journal: any Journal
    ) async throws(JournalError) -> RequestRejection {
        let known = Set(try await journal.keptVersions(of: workflowID) + catalog.versions(of: workflowID))
        return known.isEmpty ? error : .unknownVersion(version, of: workflowID, known: known.sorted())
    }

    private static let unknown = Timestamp(microsecondsSinceEpoch: 0)
}
