import PerdureJSON
import Testing

@testable import WorkflowCore

@Suite struct CatalogTests {
    private func workflow(_ id: String, _ version: Int, extra: String = "") throws -> WorkflowDefinition {
        try load("workflow: \(id)\nversion: \(version)\nsteps: { a: { agent: work } }\n\(extra)")
    }

    private func find(
        _ request: ExecutionRequest, in catalog: DefinitionCatalog
    ) -> Result<WorkflowReference, RequestRejection> {
        do throws(RequestRejection) {
            return .success(try catalog.definition(for: request).reference)
        } catch {
            return .failure(error)
        }
    }

    @Test func versions() throws {
        let two = try workflow("w", 2)
        let ten = try workflow("w", 10)
        let catalog = DefinitionCatalog([ten, two, try workflow("v", 1)])
        #expect(catalog.all.map { "\($0.reference.id) \($0.reference.version)" } == ["v 1", "w 2", "w 10"])
        #expect(find(ExecutionRequest(workflowID: "w", input: 1), in: catalog) == .success(ten.reference))
        #expect(find(ExecutionRequest(workflowID: "w", version: 2, input: 1), in: catalog) == .success(two.reference))
        #expect(
            find(ExecutionRequest(workflowID: "w", version: 3, input: 1), in: catalog)
                == .failure(
                    RequestRejection(.unknownVersion, "The field 'version' asks for version 3 of 'w'; there is 2, 10."))
        )
        #expect(catalog.definition(two.reference)?.reference == two.reference)
        let other = WorkflowReference(id: "w", version: 2, contentHash: "other")
        #expect(catalog.definition(other) == nil)
    }

    @Test func unknownWorkflows() throws {
        let catalog = DefinitionCatalog([try workflow("documents", 1), try workflow("documentz", 1)])
        #expect(
            find(ExecutionRequest(workflowID: "document", input: 1), in: catalog)
                == .failure(
                    RequestRejection(
                        .unknownWorkflow,
                        "The field 'workflow_id' names no workflow known here: 'document'. Did you mean 'documents'?")))
        let long = String(repeating: "x", count: 100_000)
        guard case .failure(let found) = find(ExecutionRequest(workflowID: long, input: 1), in: catalog) else {
            Issue.record("found")
            return
        }
        #expect(found.message == "The field 'workflow_id' names no workflow known here: '\(long.prefix(64))'.")
    }

    @Test func ofTwoWithTheSameVersionTheFirstStays() throws {
        var catalog = DefinitionCatalog()
        let first = try workflow("w", 1)
        let second = try workflow("w", 1, extra: "output: other")
        let answers = [
            catalog.add(first), catalog.add(first), catalog.add(second),
            catalog.add(try workflow("w", 1, extra: "# a comment")),
        ]
        #expect(answers == [true, true, false, true])
        #expect(catalog.all.map(\.reference) == [first.reference])
        #expect(first.reference.contentHash != second.reference.contentHash)
    }

    @Test func inputsNameTheField() throws {
        let schema =
            "input: { type: object, required: [text], properties: { text: { type: string }, n: { items: { type: integer } } } }"
        let catalog = DefinitionCatalog([try workflow("w", 1, extra: schema)])
        for (input, start) in [
            (["n": []], "The field 'input' does not match the workflow's schema: "),
            (["text": 1], "The field 'input/text' does not match the workflow's schema: "),
            (["text": "", "n": [1, "x"]], "The field 'input/n/1' does not match the workflow's schema: "),
        ] as [(JSONValue, String)] {
            guard case .failure(let found) = find(ExecutionRequest(workflowID: "w", input: input), in: catalog) else {
                Issue.record("\(input) was taken")
                continue
            }
            #expect(found.code == .invalidInput && found.message.hasPrefix(start), "\(found.message)")
        }
    }
}
