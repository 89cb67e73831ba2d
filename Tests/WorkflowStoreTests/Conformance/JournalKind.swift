import Logging
import PostgresClient
import WorkflowCore
import WorkflowStore
import WorkflowTestKit

/// The journals that must keep the port's promises.
enum JournalKind: CaseIterable, Sendable {
    /// That of the simulator.
    case memory
    /// The real one.
    case postgres

    /// Runs a test over empty tables, with a way to open journals on them, one for each coordinator.
    func run(lease: Duration = .seconds(60), _ test: (JournalStage) async throws -> Void) async throws {
        switch self {
        case .memory:
            let database = MemoryDatabase { .current }
            try await test(JournalStage(lease: lease) { MemoryJournal(database, lease: lease) })
        case .postgres:
            let configuration = try PostgresConfiguration(
                url: try await PrivateDatabase.url(), applicationName: "perdure tests")
            var journals: [PostgresJournal] = []
            let stage = try JournalStage(lease: lease) {
                let journal = try PostgresJournal(
                    configuration, lease: lease, logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
                journals.append(journal)
                return journal
            }
            do {
                try await test(stage)
            } catch {
                for journal in journals { await journal.close() }
                throw error
            }
            for journal in journals { await journal.close() }
        }
    }
}
