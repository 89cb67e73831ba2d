import Foundation
import JSONSchema
import PerdureJSON
import Testing

@testable import WorkflowCore

/// `config/workflow.schema.json`, by which editors complete and check definitions, agrees with the program.
@Suite struct DefinitionSchemaTests {
    private let document: JSONValue
    private let schema: JSONSchema

    init() throws {
        let url = URL(fileURLWithPath: "\(Page.folder)/config/workflow.schema.json")
        document = try JSONValue(parsing: Data(contentsOf: url))
        schema = try JSONSchema(document)
    }

    private static let samples: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(Page.folder)/config/workflows")
        return (names ?? []).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
    }()

    private func violations(_ yaml: String) throws -> [JSONSchemaViolation] {
        schema.validate(try DefinitionNode.read(yaml).json)
    }

    @Test(arguments: samples) func aSampleNamesItAndSatisfiesIt(_ name: String) throws {
        let yaml = try String(contentsOfFile: "\(Page.folder)/config/workflows/\(name)", encoding: .utf8)
        #expect(yaml.hasPrefix("# yaml-language-server: $schema=../workflow.schema.json\n"))
        let found = try violations(yaml)
        #expect(found.isEmpty, "\(found)")
    }

    @Test(arguments: Page.all) func theDefinitionsOfThePagesSatisfyIt(_ page: String) throws {
        let blocks = try Page(page).text.matches(of: /(?m)^```yaml\n((?:(?!```).*\n)*)```/).map { String($0.1) }
        // Other YAML on the pages, such as settings, is no definition.
        let definitions = blocks.filter { $0.contains(/(?m)^workflow:/) }
        for yaml in definitions {
            let found = try violations(yaml)
            #expect(found.isEmpty, "\(found) in \(yaml)")
        }
        if page == "docs/workflows.md" { #expect(definitions.count >= 2) }
    }

    @Test func thereAreSamples() { #expect(!Self.samples.isEmpty) }

    @Test(
        arguments: [
            ("steps: { a: { agent: x } }", ""), ("workflow: w", ""), ("workflow: w\nsteps: {}", "/steps"),
            ("workflow: 1w\nsteps: { a: { agent: x } }", "/workflow"),
            ("workflow: w\nversion: 0\nsteps: { a: { agent: x } }", "/version"),
            ("workflow: w\nversion: '1'\nsteps: { a: { agent: x } }", "/version"),
            ("workflow: w\nverson: 1\nsteps: { a: { agent: x } }", "/verson"),
            ("workflow: w\ntimeout: 10\nsteps: { a: { agent: x } }", "/timeout"),
            ("workflow: w\ntimeout: s\nsteps: { a: { agent: x } }", "/timeout"),
            ("workflow: w\ntimeout: 1s1h\nsteps: { a: { agent: x } }", "/timeout"),
            ("workflow: w\ninput: { type: text }\nsteps: { a: { agent: x } }", "/input/type"),
            ("workflow: w\ninput: { properties: { a: { minLength: -1 } } }\nsteps: { a: { agent: x } }", "/minLength"),
            ("workflow: w\nsteps: { a b: { agent: x } }", "/steps/a b"), ("workflow: w\nsteps: { a: {} }", "/steps/a"),
            ("workflow: w\nsteps: { a: { agent: x, agnet: y } }", "/steps/a/agnet"),
            ("workflow: w\nsteps: { a: { agent: x, pure: 'yes' } }", "/steps/a/pure"),
            ("workflow: w\nsteps: { a: { agent: x, needs: b } }", "/steps/a/needs"),
            ("workflow: w\nsteps: { a: { agent: x, with: [1] } }", "/steps/a/with"),
            ("workflow: w\nsteps: { a: { agent: x, retry: 3 } }", "/steps/a/retry"),
            ("workflow: w\nsteps: { a: { agent: x, retry: { max_attempts: 0 } } }", "/steps/a/retry/max_attempts"),
            ("workflow: w\nsteps: { a: { agent: x, retry: { backoff: fast } } }", "/steps/a/retry/backoff"),
            ("workflow: w\nsteps: { a: { agent: x, retry: { except: [''] } } }", "/steps/a/retry/except/0"),
            ("workflow: w\nsteps: { a: { agent: x, retry: { dealy: 1s } } }", "/steps/a/retry/dealy"),
            ("workflow: w\nsteps: { a: { agent: x, timeout: 3s } }", "/steps/a/timeout"),
            ("workflow: w\nsteps: { a: { agent: x, timeout: { run: 1.5s } } }", "/steps/a/timeout/run"),
        ])
    func whatTheProgramRefusesItRefusesToo(_ yaml: String, _ place: String) throws {
        #expect(throws: DefinitionErrors.self) {
            try WorkflowDefinition(yaml: yaml, file: "bad.yaml", agents: ["x", "y"])
        }
        let found = try violations(yaml)
        #expect(found.contains { $0.instancePointer.description.hasSuffix(place) }, "\(found)")
    }

    /// The keys that the program knows, as it lists them when it finds one that it does not know.
    private func knownKeys(_ yaml: String) throws -> Set<String> {
        let errors = #expect(throws: DefinitionErrors.self) {
            try WorkflowDefinition(yaml: yaml, file: "odd.yaml", agents: ["x"])
        }
        let message = try #require(errors?.errors.first { $0.message.contains("Known here: ") }?.message)
        let list = try #require(message.components(separatedBy: "Known here: ").last)
        return Set(list.dropLast().components(separatedBy: ", "))
    }

    @Test(
        arguments: [
            ("workflow: w\nzzzz: 1\nsteps: { a: { agent: x } }", "/properties"),
            ("workflow: w\nsteps: { a: { agent: x, zzzz: 1 } }", "/$defs/step/properties"),
            ("workflow: w\nsteps: { a: { agent: x, retry: { zzzz: 1 } } }", "/$defs/retry/properties"),
            ("workflow: w\nsteps: { a: { agent: x, timeout: { zzzz: 1s } } }", "/$defs/timeouts/properties"),
        ])
    func itHasTheKeysThatTheProgramKnows(_ yaml: String, _ pointer: String) throws {
        let properties = try #require(document.value(at: JSONPointer(parsing: pointer))?.objectValue)
        #expect(try knownKeys(yaml) == Set(properties.keys))
    }

    @Test func everyKeyIsDescribed() throws {
        func described(_ value: JSONValue) -> Bool {
            if value["description"] != nil { return true }
            guard let reference = value["$ref"]?.stringValue, reference.hasPrefix("#"),
                let pointer = try? JSONPointer(parsing: String(reference.dropFirst()))
            else { return false }
            return document.value(at: pointer)?["description"] != nil
        }
        func check(_ value: JSONValue) {
            for (name, property) in value["properties"]?.objectValue ?? JSONObject() {
                #expect(described(property), "\(name)")
            }
        }
        check(document)
        for (_, definition) in try #require(document["$defs"]?.objectValue) { check(definition) }
    }
}
