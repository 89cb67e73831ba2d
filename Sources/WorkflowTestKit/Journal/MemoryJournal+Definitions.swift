import WorkflowCore

extension MemoryJournal {
    /// Keeps definitions.
    public func keep(
        _ definitions: [WorkflowDefinition], mayChange: Bool
    ) async throws(JournalError) -> [KeptDefinition] {
        try await run("keep") { tables, now in tables.keep(definitions, mayChange: mayChange, now: now) }
    }

    /// The text of a definition.
    public func definitionSource(_ reference: WorkflowReference) async throws(JournalError) -> String? {
        try await run("definitionSource") { tables, _ in
            tables.definitions.first { $0.reference == reference }?.source
        }
    }

    /// What is kept under a version.
    public func keptDefinition(
        _ workflowID: String, version: Int
    ) async throws(JournalError) -> KeptDefinition? {
        try await run("keptDefinition") { tables, _ in
            tables.definitions.last { $0.reference.id == workflowID && $0.reference.version == version }
        }
    }

    /// The versions that are kept of a workflow.
    public func keptVersions(of workflowID: String) async throws(JournalError) -> [Int] {
        try await run("keptVersions") { tables, _ in
            Set(tables.definitions.map(\.reference).filter { $0.id == workflowID }.map(\.version)).sorted()
        }
    }
}

extension JournalTables {
    /// Keeps definitions, and gives what had been kept under the versions of those that are new.
    mutating func keep(
        _ offered: [WorkflowDefinition], mayChange: Bool, now: Timestamp
    ) -> [KeptDefinition] {
        var others: [KeptDefinition] = []
        for definition in offered {
            let reference = definition.reference
            let kept = definitions.filter {
                $0.reference.id == reference.id && $0.reference.version == reference.version
            }
            if kept.contains(where: { $0.reference == reference }) {
                guard mayChange, kept.last?.reference != reference else { continue }
                definitions.removeAll { $0.reference == reference }
                definitions.append(KeptDefinition(reference: reference, source: definition.source, keptAt: now))
                continue
            }
            others += kept
            guard kept.isEmpty || mayChange else { continue }
            definitions.append(KeptDefinition(reference: reference, source: definition.source, keptAt: now))
        }
        return others
    }
}
