import PerdureJSON
import Testing
import WorkflowCore

/// Definitions are kept when they are first used, and a version has one content.
@Suite struct JournalDefinitionTests {
    private func definition(
        _ id: String = "pair", _ version: Int = 1, _ extra: String = ""
    ) throws -> WorkflowDefinition {
        try WorkflowDefinition(
            yaml: "workflow: \(id)\nversion: \(version)\nsteps: { a: { agent: work } }\n\(extra)", file: "w.yaml",
            agents: ["work"])
    }

    @Test(arguments: JournalKind.allCases)
    func definitionsAreKeptByContent(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (definition, journal) = (stage.definition, stage.first.journal)
            let first = try await journal.keep([]) + journal.keep([definition])
            #expect(first == [])
            #expect(try await stage.second.journal.keep([definition]) == [])
            #expect(try await journal.definitionSource(definition.reference) == definition.source)
            let other = WorkflowReference(id: "pair", version: 1, contentHash: "another")
            #expect(try await journal.definitionSource(other) == nil)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whoComesFirstSettlesWhatAVersionHolds(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (journal, other) = (stage.first.journal, stage.second.journal)
            let (one, changed) = (try definition(), try definition("pair", 1, "output: 1"))
            let unrelated = try definition("other")
            try await journal.keep([one])
            for _ in 1...2 {
                let found = try await other.keep([unrelated, changed])
                #expect(found.map(\.reference) == [one.reference] && found.map(\.source) == [one.source])
            }
            #expect(try await other.definitionSource(changed.reference) == nil)
            #expect(
                try await other.keptDefinition("other", version: 1)?.reference == unrelated.reference, "others go on")
            // A comment is no change.
            let commented = try definition("pair", 1, "# why")
            #expect(try await other.keep([commented]) == [])
            #expect(try await other.keptDefinition("pair", version: 1)?.source == one.source)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whileDefinitionsAreBeingWrittenAVersionMayHaveSeveral(kind: JournalKind) async throws {
        try await kind.run { stage in
            let journal = stage.first.journal
            let (one, two, three) = (
                try definition(), try definition("pair", 1, "output: 2"), try definition("pair", 1, "output: 3")
            )
            try await journal.keep([one])
            #expect(try await journal.keep([two], mayChange: true).map(\.reference) == [one.reference])
            #expect(try await journal.keptDefinition("pair", version: 1)?.reference == two.reference)
            for known in [one, two] {
                #expect(try await journal.keep([known]) == [], "it is there already")
                #expect(try await journal.definitionSource(known.reference) == known.source)
            }
            // Changed back, the first is the newest again.
            #expect(try await journal.keep([one], mayChange: true) == [])
            #expect(try await journal.keptDefinition("pair", version: 1)?.reference == one.reference)
            #expect(try await journal.keep([two], mayChange: true) == [])
            #expect(try await journal.keep([three]).map(\.reference) == [one.reference, two.reference])
            #expect(try await journal.definitionSource(three.reference) == nil)
        }
    }

    @Test(arguments: JournalKind.allCases)
    func versionsAreFoundByName(kind: JournalKind) async throws {
        try await kind.run { stage in
            let journal = stage.first.journal
            try await journal.keep([try definition("w", 10), try definition("w", 2), try definition("v", 7)])
            #expect(try await journal.keptVersions(of: "w") == [2, 10])
            #expect(try await journal.keptVersions(of: "x") == [])
            let ten = try definition("w", 10)
            #expect(try await journal.keptDefinition("w", version: 10)?.reference == ten.reference)
            for (id, version) in [("w", 3), ("x", 1), ("w", Int.max), ("w", -1)] {
                #expect(try await journal.keptDefinition(id, version: version) == nil)
            }
        }
    }

    /// Of many that bring different content at the same moment, one is first, and all others hear of it.
    @Test func ofManyAtOnceOneIsFirst() async throws {
        try await JournalKind.postgres.run { stage in
            let offered = try (0..<12).map { try definition("race", 1, "output: \($0)") }
            let (first, second) = (stage.first.journal, stage.second.journal)
            let answers = try await withThrowingTaskGroup(of: [WorkflowReference].self) { group in
                for (index, definition) in offered.enumerated() {
                    group.addTask {
                        try await (index % 2 == 0 ? first : second).keep([definition]).map(\.reference)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let winner = try #require(try await first.keptDefinition("race", version: 1)?.reference)
            #expect(answers.count { $0 == [] } == 1 && answers.count { $0 == [winner] } == 11, "\(answers)")
            #expect(try await first.keptVersions(of: "race") == [1])
        }
    }
}
