import PostgresClient
import WorkflowCore

extension PostgresJournal {
    /// Keeps definitions, by content. On the connection for commits, because it is the first thing that a coordinator asks
    /// for, and that connection's troubles are told to the operator.
    public func keep(
        _ definitions: [WorkflowDefinition], mayChange: Bool
    ) async throws(JournalError) -> [KeptDefinition] {
        try await requireSchema()
        let results = try await run(
            [
                PostgresCall(
                    DefinitionStatement.keep,
                    [
                        .textArray(definitions.map(\.reference.id)),
                        .int32Array(definitions.map { Int32($0.reference.version) }),
                        .textArray(definitions.map(\.reference.contentHash)), .textArray(definitions.map(\.source)),
                        .bool(mayChange),
                    ])
            ], on: firstCommits
        )
        return try Self.decode { () throws(PostgresError) in
            var kept: [KeptDefinition] = []
            for row in results[0] { kept.append(try DefinitionStatement.definition(row)) }
            return kept
        }
    }

    /// Asked before anything else, since the functions of another version may be others.
    private func requireSchema() async throws(JournalError) {
        let results = try await run([PostgresCall(JournalStatement.schemaVersion)], on: firstCommits)
        let found = try Self.decode { () throws(PostgresError) in try results[0][0].int64("version") }
        guard found != SchemaMigration.currentVersion else { return }
        let known = SchemaMigration.currentVersion
        throw JournalError(
            .schemaMissing,
            found < known
                ? "The tables are of version \(found), and this program needs version \(known); run `perdure migrate`."
                : SchemaMigration.Failure.newer(found: found).message
        )
    }

    /// The text of a stored definition.
    public func definitionSource(_ reference: WorkflowReference) async throws(JournalError) -> String? {
        let results = try await run(
            [
                PostgresCall(
                    DefinitionStatement.source,
                    [.text(reference.id), .int32(Int32(reference.version)), .text(reference.contentHash)])
            ], on: upkeep
        )
        return try Self.decode { () throws(PostgresError) in
            try results[0].first.map { row throws(PostgresError) in try row.text("source") }
        }
    }

    /// What is kept under a version.
    public func keptDefinition(
        _ workflowID: String, version: Int
    ) async throws(JournalError) -> KeptDefinition? {
        guard let version = Int32(exactly: version) else { return nil }
        let results = try await run(
            [PostgresCall(DefinitionStatement.newest, [.text(workflowID), .int32(version)])], on: upkeep)
        return try Self.decode { () throws(PostgresError) in
            try results[0].first.map { row throws(PostgresError) in try DefinitionStatement.definition(row) }
        }
    }

    /// The versions that are kept of a workflow.
    public func keptVersions(of workflowID: String) async throws(JournalError) -> [Int] {
        let results = try await run([PostgresCall(DefinitionStatement.versions, [.text(workflowID)])], on: upkeep)
        return try Self.decode { () throws(PostgresError) in
            var versions: [Int] = []
            for row in results[0] { versions.append(Int(try row.int64("version"))) }
            return versions
        }
    }
}
