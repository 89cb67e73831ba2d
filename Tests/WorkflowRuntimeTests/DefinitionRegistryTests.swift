import Cron
import Logging
import PerdureJSON
import Synchronization
import Testing
import WorkflowTestKit

@testable import WorkflowCore
@testable import WorkflowRuntime

/// Which definitions a coordinator runs, of its files and of what is kept.
@Suite struct DefinitionRegistryTests {
    /// What was logged, by level.
    private final class Log: Sendable {
        let lines = Mutex<[String]>([])
        var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

        struct Handler: LogHandler {
            let log: Log
            var metadata: Logger.Metadata = [:]
            var logLevel = Logger.Level.trace

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                log.lines.withLock { $0.append("\(event.level): \(event.message)") }
            }
        }

        /// The lines since the last call.
        func take() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }
    }

    private let log = Log()
    private let journal: MemoryJournal
    private let registry: DefinitionRegistry

    init() {
        let clock = ManualClock()
        clock.set(1_795_363_200_000_000)
        journal = MemoryJournal(MemoryDatabase { clock.now }, lease: .seconds(6))
        registry = DefinitionRegistry(DefinitionCatalog(), agents: ["work"], timeZones: .utcOnly)
    }

    private func yaml(_ version: Int, _ answer: Int) -> String {
        "workflow: w\nversion: \(version)\nsteps: { a: { set: \(answer) } }\n"
    }

    private func load(_ yaml: String) throws -> WorkflowDefinition {
        try WorkflowDefinition(yaml: yaml, file: "w.yaml", agents: ["work", "ghost"])
    }

    private func deploy(_ sources: String..., mayChange: Bool = false) async throws {
        let catalog = DefinitionCatalog(try sources.map(load))
        try await registry.deploy(catalog, mayChange: mayChange, journal: journal, logger: log.logger)
    }

    /// What a request gets: the value of its step, or why it is rejected.
    private func answer(_ version: Int? = nil, input: JSONValue = [:]) async throws -> String {
        let request = ExecutionRequest(workflowID: "w", version: version, input: input)
        switch try await registry.definition(for: request, journal: journal) {
        case .failure(let rejection): return "\(rejection.code.rawValue): \(rejection.message)"
        case .success(let definition):
            guard case .set(.literal(let value), _) = definition.steps[0].work else { return "no value" }
            return value.jsonText
        }
    }

    @Test func aChangedFileIsReplacedByWhatIsKept() async throws {
        try await deploy(yaml(1, 1))
        let reference = try load(yaml(1, 1)).reference
        #expect(registry.catalog.all.map(\.reference) == [reference] && log.take() == [])
        try await deploy(yaml(1, 2), "workflow: v\nsteps: { a: { set: 7 } }\n")
        #expect(registry.catalog.all.map(\.reference.id) == ["v", "w"], "the other definition goes on")
        #expect(registry.catalog.definition(reference)?.source == yaml(1, 1))
        let lines = log.take()
        #expect(lines.count == 1)
        #expect(
            lines.first?.hasPrefix(
                "error: a definition cannot be used, and what is stored stays in use: w.yaml:2:10: version: Version 1 of 'w'"
            )
                == true, "\(lines)")
        #expect(try await answer() == "1")
        try await deploy(yaml(1, 1), yaml(2, 2))
        #expect(try await answer() == "2")
        #expect(log.take() == [])
    }

    @Test func aChangedFileWithoutAUsableStandInIsLeftOut() async throws {
        try await journal.keep([try load("workflow: w\nsteps: { a: { agent: ghost } }")])
        try await deploy(yaml(1, 1))
        #expect(registry.catalog.all.isEmpty)
        #expect(
            log.take().map { $0.prefix(35) } == [
                "error: a definition cannot be used:", "error: nor can what is stored of it",
            ])
    }

    @Test func whileDefinitionsAreWrittenTheyMayChange() async throws {
        try await deploy(yaml(1, 1), mayChange: true)
        try await deploy(yaml(1, 2), mayChange: true)
        #expect(try await answer() == "2")
        let lines = log.take()
        #expect(
            lines.count == 1 && lines.first?.hasPrefix("warning: w.yaml:2:10: version: The content") == true, "\(lines)"
        )
        // An execution under way finds the content that it started with.
        let first = try load(yaml(1, 1)).reference
        #expect(try await registry.definition(first, journal: journal)?.source == yaml(1, 1))
        // Changed back.
        try await deploy(yaml(1, 1), mayChange: true)
        #expect(try await journal.keptDefinition("w", version: 1)?.source == yaml(1, 1))
    }

    @Test func oldVersionsRunByName() async throws {
        try await deploy(yaml(1, 1), yaml(2, 2))
        try await deploy(yaml(3, 3))
        #expect(try await answer() == "3")
        #expect(try await answer(1) == "1")
        #expect(try await answer(2) == "2")
        #expect(
            try await answer(4) == "UNKNOWN_VERSION: The field 'version' asks for version 4 of 'w'; there is 1, 2, 3.")
        // Without any file of the workflow too, but only by name.
        try await deploy("workflow: v\nsteps: { a: { set: 7 } }\n")
        #expect(try await answer().hasPrefix("UNKNOWN_WORKFLOW: "))
        #expect(try await answer(2) == "2")
        #expect(try await answer(9).hasSuffix("there is 1, 2, 3."))
    }

    @Test func whatIsKeptIsCheckedLikeTheRest() async throws {
        try await journal.keep([
            try load("workflow: w\nversion: 8\nsteps: { a: { agent: ghost } }"),
            try load("workflow: w\nversion: 7\ninput: { type: object }\nsteps: { a: { set: 7 } }"),
        ])
        for _ in 1...2 {
            let found = try await answer(8)
            #expect(
                found.hasPrefix(
                    "UNKNOWN_VERSION: The field 'version' asks for version 8 of 'w', which is stored and cannot be run here: "
                )
                    && found.contains("steps.a.agent: "), "\(found)")
        }
        #expect(try await answer(7, input: 5).hasPrefix("INVALID_INPUT: "))
        #expect(try await answer(7) == "7")
        let odd = ExecutionRequest(workflowID: "not a name", version: 1, input: [:])
        guard case .failure(let rejection) = try await registry.definition(for: odd, journal: journal) else {
            Issue.record("it was found")
            return
        }
        #expect(rejection.code == .unknownWorkflow)
    }

    /// What releases before have stored is named by the hash of its text, and stays so.
    @Test func aDefinitionTakesOnTheReferenceThatIsKept() async throws {
        let old = WorkflowReference(id: "w", version: 1, contentHash: SHA256.hexDigest(of: yaml(1, 1).utf8))
        try await journal.keep([try load(yaml(1, 1)).named(old)])
        try await deploy("# A comment.\n" + yaml(1, 1))
        #expect(registry.catalog.all.map(\.reference) == [old] && log.take() == [])
        #expect(try await registry.definition(old, journal: journal)?.source.hasPrefix("# A comment.") == true)
    }

    @Test func itFollowsWhatTheFilesHold() async throws {
        try await deploy(yaml(1, 1))
        let catalogs = try [[yaml(1, 1)], [yaml(1, 1), yaml(2, 2)], []].map { DefinitionCatalog(try $0.map(load)) }
        let (stream, continuation) = AsyncStream.makeStream(of: DefinitionCatalog.self)
        for catalog in catalogs { continuation.yield(catalog) }
        continuation.finish()
        let used = Mutex(0)
        try await registry.follow(stream, mayChange: false, journal: journal, logger: log.logger) {
            used.withLock { $0 += 1 }
        }
        #expect(used.withLock { $0 } == 3 && registry.catalog.all.isEmpty)
        #expect(
            log.take() == [
                "info: the definitions are read again", "info: in use from now on: 'w' version 2",
                "info: the definitions are read again", "info: no longer offered unless it is asked for: 'w' version 1",
                "info: no longer offered unless it is asked for: 'w' version 2", "info: the definitions are read again",
            ])
    }
}
