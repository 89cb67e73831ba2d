import PerdureJSON
import Testing

@testable import WorkflowCore

/// What counts as a change of a definition, and what is said about one.
@Suite struct DefinitionContentTests {
    private static let base = """
        workflow: order
        version: 3
        input: { type: object, properties: { text: { type: string } } }
        steps:
          a: { agent: work, with: { text: "${ input.text }", n: 1 } }
          b: { agent: work, needs: [a] }
        output: { a: "${ steps.a.output }", b: 2 }
        """

    @Test(arguments: [
        // Comments and layout.
        "# new\n" + base,
        base.replacing(
            "  a: { agent: work, with: { text: \"${ input.text }\", n: 1 } }",
            with: """
                  a:
                    # why
                    agent: "work"
                    with:
                      text: '${ input.text }'
                      n: 1
                """),
        // The order of keys that have none.
        base.replacing("{ agent: work, needs: [a] }", with: "{ needs: [a], agent: work }"),
        base.replacing("{ a: \"${ steps.a.output }\", b: 2 }", with: "{ b: 2, a: \"${ steps.a.output }\" }"),
        "output: { a: \"${ steps.a.output }\", b: 2 }\n"
            + base.replacing("output: { a: \"${ steps.a.output }\", b: 2 }", with: ""),
        // What is for readers.
        base + "\ndescription: Orders.\ndeprecated: use order2\n",
        base.replacing("needs: [a] }", with: "needs: [a], description: The second. }"),
        // Aliases stand for what they name.
        base.replacing("needs: [a] }", with: "needs: &n [a] }"),
    ])
    func whatIsNoChange(_ yaml: String) throws {
        let (first, second) = (try load(Self.base), try load(yaml))
        #expect(first.reference == second.reference)
        #expect(first.source != second.source)
        #expect(DefinitionContent.firstDifference(first.source, second.source) == nil)
    }

    @Test(arguments: [
        ("n: 1", "n: 2", "steps.a.with.n"), ("agent: work, needs", "agent: summarize, needs", "steps.b.agent"),
        ("needs: [a] }", "needs: [a], retry: { max_attempts: 2 } }", "steps.b.retry"),
        ("b: 2 }", "b: 2, c: 3 }", "output.c"),
        ("type: string", "type: string, minLength: 1", "input.properties.text.minLength"),
        ("needs: [a]", "needs: []", "steps.b.needs"), ("${ input.text }\"", "${ input.text }.\"", "steps.a.with.text"),
        ("version: 3", "version: 3\npriority: 3", "priority"),
    ])
    func whatIsAChange(_ old: String, _ new: String, _ place: String) throws {
        let (first, second) = (try load(Self.base), try load(Self.base.replacing(old, with: new)))
        #expect(first.reference.contentHash != second.reference.contentHash)
        #expect(DefinitionContent.firstDifference(first.source, second.source) == place)
    }

    @Test func theOrderOfStepsIsAChange() throws {
        let first = try load("workflow: w\nsteps: { a: { agent: work }, b: { agent: work } }")
        let second = try load("workflow: w\nsteps: { b: { agent: work }, a: { agent: work } }")
        #expect(first.reference.contentHash != second.reference.contentHash)
        #expect(DefinitionContent.firstDifference(first.source, second.source) == "steps")
    }

    @Test func theVersionIsPartOfTheNameAndNotOfTheContent() throws {
        let (first, second) = (try load(Self.base), try load(Self.base.replacing("version: 3", with: "version: 4")))
        #expect(first.reference != second.reference && first.reference.contentHash == second.reference.contentHash)
    }

    private func kept(_ yaml: String, hash: String? = nil, version: Int = 3) throws -> KeptDefinition {
        let reference = try load(yaml).reference
        return KeptDefinition(
            reference: WorkflowReference(
                id: reference.id, version: version, contentHash: hash ?? reference.contentHash),
            source: yaml, keptAt: noon)
    }

    @Test func textsThatWereHashedAsTheyStoodAreTheSame() throws {
        let old = try kept("# a comment\n" + Self.base, hash: SHA256.hexDigest(of: Self.base.utf8))
        let definition = try load(Self.base)
        #expect(!old.differs(from: definition))
        #expect(try kept(Self.base.replacing("n: 1", with: "n: 2")).differs(from: definition))
        // Its executions name the old hash, and so does what is loaded for them.
        let loaded = try WorkflowDefinition(old, agents: knownAgents)
        #expect(loaded.reference == old.reference && definition.named(old.reference).reference == old.reference)
    }

    @Test func theErrorReadsLikeACompilers() throws {
        let changed = Self.base.replacing("n: 1", with: "n: 2")
        let definition = try load("# Orders\n" + changed)
        let error = definition.versionError(against: try kept(Self.base), newestVersion: 5)
        #expect(
            error.description == """
                test.yaml:3:10: version: Version 3 of 'order' is stored with other content since 2026-11-22T16:00:00Z; they differ at \
                'steps.a.with.n'. Raise the version to 6, or put the file back as it was (`perdure workflows show order --version 3 --stored`).
                    version: 3
                             ^
                """)
        let implicit = try load("workflow: w\nsteps: { a: { agent: work } }")
        let place = implicit.versionError(against: try kept(Self.base), newestVersion: 1)
        #expect((place.line, place.column) == (1, 11) && place.message.contains("Raise the version to 2"))
        #expect(
            definition.versionWarning(against: try kept(Self.base)).hasPrefix(
                "test.yaml:3:10: version: The content of 'order'"))
    }

    @Test func whatCannotBeRunHereSaysWhy() throws {
        let stored = try kept(Self.base)
        do {
            _ = try WorkflowDefinition(stored, agents: ["other"])
            Issue.record("it loaded")
        } catch {
            #expect(
                error.errors.first?.summary.hasPrefix("order version 3, as stored:5:15: steps.a.agent: ") == true,
                "\(error.summary)")
        }
    }
}
