import FoundationEssentials
import PerdureJSON
import Testing

@testable import WorkflowCore

/// `execution.uuid` and `execution.hash`.
@Suite struct ExecutionFunctionTests {
    private static let yaml = """
        workflow: w
        steps:
          a:
            agent: work
            with:
              id: "${ execution.uuid('order') }"
              again: "${ execution.uuid('order') }"
              other: "${ execution.uuid('refund') }"
              dice: "${ execution.hash('dice') % 6 }"
              hashes: "${ lists.range(200).map(i, execution.hash(string(i))) }"
        """

    private func arguments(_ id: String) throws -> JSONValue {
        var run = try Run(Self.yaml, id: try #require(ExecutionID(id)))
        return try #require(run.handle(.accepted).invocations.first, "\(String(describing: run.state.error))").arguments
    }

    @Test func areTheSameForOneExecutionAndDifferForAnother() throws {
        let first = try arguments("019ab3c4-0000-7000-8000-000000000001")
        let second = try arguments("019ab3c4-0000-7000-8000-000000000002")
        #expect(try arguments("019ab3c4-0000-7000-8000-000000000001") == first)
        #expect(first["id"] == first["again"] && first["id"] != first["other"])
        #expect(first["id"] != second["id"] && first["hashes"] != second["hashes"])
    }

    @Test func uuidsAreOfVersionEight() throws {
        // The example of RFC 9562, section B.2.
        let found = try arguments("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
        let other = try #require(found["other"]?.stringValue)
        #expect(UUID(uuidString: other) != nil && other == other.lowercased())
        #expect(Array(other)[14] == "8" && "89ab".contains(Array(other)[19]))
        var run = try Run(
            Self.yaml.replacing("'refund'", with: "'www.example.com'"),
            id: try #require(ExecutionID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")))
        let example = try #require(run.handle(.accepted).invocations.first).arguments["other"]
        #expect(example == "5c146b14-3c52-8afd-938a-375d0df1fbf6")
    }

    @Test func hashesAreEvenlySpreadAndNotNegative() throws {
        let hashes = try #require(arguments("019ab3c4-0000-7000-8000-000000000001")["hashes"]?.arrayValue)
        let values = hashes.compactMap(\.intValue)
        #expect(values.count == 200 && Set(values).count == 200 && values.allSatisfy { $0 >= 0 })
        // A fair coin shows between 60 and 140 heads of 200 but for once in a hundred million times; the numbers are fixed.
        #expect((60...140).contains(values.filter { $0 % 2 == 0 }.count))
    }

    @Test(arguments: ["${ input.uuid('a') }", "${ execution.uuid(1) }", "${ 'a'.hash('a') }"])
    func areOnlyForTheExecution(_ expression: String) {
        let yaml = "workflow: w\ninput: { type: object, properties: {} }\nsteps:\n  a:\n    agent: work\n    with:\n"
        let found = errors(in: yaml + "      x: \"\(expression)\"\n")
        #expect(found.count == 1 && found[0].description.contains("does not take"), "\(found)")
    }

    @Test func anythingElseAtRunTimeIsAnError() throws {
        var run = try Run(
            "workflow: w\nsteps:\n  a:\n    agent: work\n    with:\n      x: \"${ input.uuid('a') }\"\n",
            input: ["id": "none"])
        run.handle(.accepted)
        #expect(run.state.error?.code == .expressionError)
    }
}
