import Foundation
import JSONSchema
import PerdureJSON
import Testing

@testable import WorkflowCore

/// `config/cases.schema.json`, by which editors complete and check files of cases, agrees with the program.
@Suite struct CasesSchemaTests {
    private let document: JSONValue
    private let schema: JSONSchema

    init() throws {
        let url = URL(fileURLWithPath: "\(Page.folder)/config/cases.schema.json")
        document = try JSONValue(parsing: Data(contentsOf: url))
        schema = try JSONSchema(document)
    }

    private static let files: [String] = {
        let folder = "\(Page.folder)/config"
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return paths.filter { $0.hasSuffix(".test.yaml") }.sorted()
    }()

    private func violations(_ yaml: String) throws -> [JSONSchemaViolation] {
        schema.validate(try DefinitionNode.read(yaml).json)
    }

    @Test(arguments: files) func aFileNamesItAndSatisfiesIt(_ path: String) throws {
        let yaml = try String(contentsOfFile: "\(Page.folder)/config/\(path)", encoding: .utf8)
        let up = String(repeating: "../", count: path.split(separator: "/").count - 1)
        #expect(yaml.hasPrefix("# yaml-language-server: $schema=\(up)cases.schema.json\n"))
        let found = try violations(yaml)
        #expect(found.isEmpty, "\(found)")
    }

    @Test func thereAreFilesAndTheOneOfThePageSatisfiesIt() throws {
        #expect(Self.files.count >= 6)
        let yaml = try #require(try Page("docs/workflows.md").snippets["approval.test.yaml"])
        let found = try violations(yaml)
        #expect(found.isEmpty, "\(found)")
    }

    private static let one = "expect: { status: SUCCESS }"

    @Test(
        arguments: [
            ("cases: [{ name: a, \(one) }]", ""), ("workflow: w", ""), ("workflow: w\ncases: []", "/cases"),
            ("workflow: w\ncases: [{ \(one) }]", "/cases/0"), ("workflow: w\ncases: [{ name: a }]", "/cases/0"),
            ("workflow: w\ncases: [{ name: a, expect: {} }]", "/expect"),
            ("workflow: w\ncases: [{ name: a, expect: { status: DONE } }]", "/status"),
            ("workflow: w\ncases: [{ name: a, expect: { error: {} } }]", "/error"),
            ("workflow: w\ncases: [{ name: a, expect: { events: [started] } }]", "/events"),
            ("workflow: w\ncases: [{ name: a, expect: { steps: { a: DONE } } }]", "/steps/a"),
            ("workflow: w\ncases: [{ name: a, expect: { steps: { a: { attempts: -1 } } } }]", "/steps/a"),
            ("workflow: w\ncases: [{ name: a, expect: { duration: 5 } }]", "/duration"),
            ("workflow: w\ncases: [{ name: a, until: soon, \(one) }]", "/until"),
            ("workflow: w\ncases: [{ name: a, start: today, \(one) }]", "/start"),
            ("workflow: w\ncases: [{ name: a, tick: today, \(one) }]", "/tick"),
            ("workflow: w\ncases: [{ name: a, tick: '2026-11-23T00:00:00Z', input: 1, \(one) }]", "/cases/0"),
            ("workflow: w\ncases: [{ name: a, signals: [{ at: 1s }], \(one) }]", "/signals/0"),
            ("workflow: w\ncases: [{ name: a, signals: [{ name: s, refused: NO }], \(one) }]", "/refused"),
            ("workflow: w\nagents: { a: [] }\ncases: [{ name: a, \(one) }]", "/agents/a"),
            ("workflow: w\nagents: { a: { after: 1s } }\ncases: [{ name: a, \(one) }]", "/agents/a"),
            (
                "workflow: w\nagents: { a: { output: 1, error: { code: A } } }\ncases: [{ name: a, \(one) }]",
                "/agents/a"
            ),
            ("workflow: w\nagents: { a: { error: { message: m } } }\ncases: [{ name: a, \(one) }]", "/agents/a"),
            (
                "workflow: w\nagents: { a: { output: 1, begins_after: 1 } }\ncases: [{ name: a, \(one) }]",
                "/agents/a"
            ),
        ])
    func whatTheProgramRefusesItRefusesToo(_ yaml: String, _ place: String) throws {
        #expect(throws: DefinitionErrors.self) { try WorkflowCases(yaml: yaml, file: "bad.yaml") }
        let found = try violations(yaml)
        #expect(found.contains { $0.instancePointer.description.hasSuffix(place) }, "\(found)")
    }

    /// The keys that the program knows, as it lists them when it finds one that it does not know.
    private func knownKeys(_ yaml: String) throws -> Set<String> {
        let errors = #expect(throws: DefinitionErrors.self) { try WorkflowCases(yaml: yaml, file: "odd.yaml") }
        let message = try #require(errors?.errors.first { $0.message.contains("Known here: ") }?.message)
        let list = try #require(message.components(separatedBy: "Known here: ").last)
        return Set(list.dropLast().components(separatedBy: ", "))
    }

    @Test(
        arguments: [
            ("workflow: w\nzzzz: 1\ncases: [{ name: a, \(one) }]", "/properties"),
            ("workflow: w\ncases: [{ name: a, zzzz: 1, \(one) }]", "/$defs/case/properties"),
            ("workflow: w\ncases: [{ name: a, signals: [{ zzzz: 1 }], \(one) }]", "/$defs/signal/properties"),
            ("workflow: w\nagents: { a: { zzzz: 1 } }\ncases: [{ name: a, \(one) }]", "/$defs/answer/properties"),
            (
                "workflow: w\nagents: { a: { error: { zzzz: 1 } } }\ncases: [{ name: a, \(one) }]",
                "/$defs/error/properties"
            ),
            ("workflow: w\ncases: [{ name: a, expect: { zzzz: 1 } }]", "/$defs/expectation/properties"),
            (
                "workflow: w\ncases: [{ name: a, expect: { error: { zzzz: 1 } } }]",
                "/$defs/expectation/properties/error/properties"
            ),
            (
                "workflow: w\ncases: [{ name: a, expect: { events: { zzzz: 1 } } }]",
                "/$defs/expectation/properties/events/anyOf/1/properties"
            ),
            ("workflow: w\ncases: [{ name: a, expect: { steps: { a: { zzzz: 1 } } } }]", "/$defs/step/properties"),
        ])
    func itHasTheKeysThatTheProgramKnows(_ yaml: String, _ pointer: String) throws {
        let properties = try #require(document.value(at: JSONPointer(parsing: pointer))?.objectValue)
        #expect(try knownKeys(yaml) == Set(properties.keys))
    }

    @Test func itHasTheStatusesThatThereAre() throws {
        func words(_ pointer: String) throws -> Set<String> {
            Set(document.value(at: try JSONPointer(parsing: pointer))?.arrayValue?.compactMap(\.stringValue) ?? [])
        }
        #expect(
            try words("/$defs/expectation/properties/status/enum")
                == Set(ExecutionStatus.allCases.map(\.rawValue) + ["REJECTED"]))
        #expect(try words("/$defs/stepStatus/enum") == Set(StepStatus.allCases.map(\.rawValue)))
    }

    @Test func everyKeyIsDescribed() throws {
        func check(_ value: JSONValue, _ path: String) {
            for (name, property) in value["properties"]?.objectValue ?? JSONObject() {
                #expect(property["description"] != nil || property["$ref"] != nil, "\(path).\(name)")
                check(property, "\(path).\(name)")
            }
        }
        check(document, "")
        for (name, definition) in try #require(document["$defs"]?.objectValue) { check(definition, name) }
    }
}
