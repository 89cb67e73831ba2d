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

    private static let samples = files(in: "config/workflows")
    /// Those whose agents are for readers to write.
    private static let samplesWithAgentsOfTheirOwn = files(in: "config/samples/workflows")

    private static func files(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(Page.folder)/\(folder)")
        return (names ?? []).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
    }

    private func violations(_ yaml: String) throws -> [JSONSchemaViolation] {
        schema.validate(try DefinitionNode.read(yaml).json)
    }

    @Test(arguments: samples) func aSampleNamesItAndSatisfiesIt(_ name: String) throws {
        let yaml = try String(contentsOfFile: "\(Page.folder)/config/workflows/\(name)", encoding: .utf8)
        #expect(yaml.hasPrefix("# yaml-language-server: $schema=../workflow.schema.json\n"))
        let found = try violations(yaml)
        #expect(found.isEmpty, "\(found)")
    }

    @Test(arguments: samplesWithAgentsOfTheirOwn)
    func aSampleWithAgentsOfItsOwnNamesItAndSatisfiesIt(_ name: String) throws {
        let yaml = try String(contentsOfFile: "\(Page.folder)/config/samples/workflows/\(name)", encoding: .utf8)
        #expect(yaml.hasPrefix("# yaml-language-server: $schema=../../workflow.schema.json\n"))
        let found = try violations(yaml)
        #expect(found.isEmpty, "\(found)")
    }

    @Test(arguments: Page.all) func theDefinitionsOfThePagesSatisfyIt(_ page: String) throws {
        let blocks = try Page(page).text.matches(of: /(?m)^```yaml\n((?:(?!```).*\n)*)```/).map { String($0.1) }
        // Other YAML on the pages, such as settings and cases, is no definition.
        let definitions = blocks.filter { $0.contains(/(?m)^workflow:/) && !$0.contains(/(?m)^cases:/) }
        for yaml in definitions {
            let found = try violations(yaml)
            #expect(found.isEmpty, "\(found) in \(yaml)")
        }
        if page == "docs/workflows.md" { #expect(definitions.count >= 2) }
    }

    @Test func thereAreSamples() {
        #expect(Self.samples.count >= 3 && Self.samplesWithAgentsOfTheirOwn.count >= 3)
    }

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
            ("workflow: w\nschedule: '@daily'\nsteps: { a: { agent: x } }", "/schedule"),
            ("workflow: w\nschedule: { missed: all }\nsteps: { a: { agent: x } }", "/schedule"),
            ("workflow: w\nschedule: { cron: '* * *' }\nsteps: { a: { agent: x } }", "/schedule/cron"),
            ("workflow: w\nschedule: { cron: '@daily', missed: no }\nsteps: { a: { agent: x } }", "/schedule/missed"),
            (
                "workflow: w\nschedule: { cron: '@daily', time_zone: ../x }\nsteps: { a: { agent: x } }",
                "/schedule/time_zone"
            ),
            ("workflow: w\npriority: 10\nsteps: { a: { agent: x } }", "/priority"),
            ("workflow: w\nconcurrency: 1\nsteps: { a: { agent: x } }", "/concurrency"),
            ("workflow: w\nconcurrency: { key: a }\nsteps: { a: { agent: x } }", "/concurrency"),
            ("workflow: w\nconcurrency: { limit: 0 }\nsteps: { a: { agent: x } }", "/concurrency/limit"),
            ("workflow: w\nconcurrency: { limit: 1, key: [a] }\nsteps: { a: { agent: x } }", "/concurrency/key"),
            (
                "workflow: w\nconcurrency: { limit: 1, on_limit: x }\nsteps: { a: { agent: x } }",
                "/concurrency/on_limit"
            ),
            ("workflow: w\ndeprecated: 1\nsteps: { a: { agent: x } }", "/deprecated"),
            ("workflow: w\non_failure: { with: {} }\nsteps: { a: { agent: x } }", "/on_failure"),
            ("workflow: w\non_failure: { agent: x, needs: [a] }\nsteps: { a: { agent: x } }", "/on_failure/needs"),
            ("workflow: w\nsteps: { a: { agent: x, set: 1 } }", "/steps/a"),
            ("workflow: w\nsteps: { a: { set: 1, with: {} } }", "/steps/a"),
            ("workflow: w\nsteps: { a: { signal: s, timeout: { run: 1s } } }", "/steps/a"),
            ("workflow: w\nsteps: { a: { wait: soon } }", "/steps/a/wait"),
            ("workflow: w\nsteps: { a: { wait: {} } }", "/steps/a/wait"),
            ("workflow: w\nsteps: { a: { wait: { for: 1s, until: '2026-12-24T18:00:00Z' } } }", "/steps/a/wait"),
            ("workflow: w\nsteps: { a: { wait: { until: tomorrow } } }", "/steps/a/wait"),
            ("workflow: w\nsteps: { a: { signal: { timeout: 1s } } }", "/steps/a/signal"),
            ("workflow: w\nsteps: { a: { signal: { name: s, on_timeout: fail } } }", "/steps/a/signal"),
            ("workflow: w\nsteps: { a: { signal: { name: s, timeout: 1s, on_timeout: x } } }", "/steps/a/signal"),
            ("workflow: w\nsteps: { a: { agent: x, when: 1 } }", "/steps/a/when"),
            ("workflow: w\nsteps: { a: { agent: x, when: yes } }", "/steps/a/when"),
            ("workflow: w\nsteps: { a: { agent: x, foreach: [1] } }", "/steps/a/foreach"),
            ("workflow: w\nsteps: { a: { agent: x, foreach: { as: i } } }", "/steps/a/foreach"),
            ("workflow: w\nsteps: { a: { agent: x, foreach: { in: 3 } } }", "/steps/a/foreach/in"),
            ("workflow: w\nsteps: { a: { agent: x, foreach: { in: [], as: a-b } } }", "/steps/a/foreach/as"),
            (
                "workflow: w\nsteps: { a: { agent: x, foreach: { in: [], max_concurrency: 0 } } }",
                "/steps/a/foreach/max_concurrency"
            ),
            (
                "workflow: w\nsteps: { a: { agent: x, foreach: { in: [], tolerate: 101% } } }",
                "/steps/a/foreach/tolerate"
            ),
            (
                "workflow: w\nsteps: { a: { agent: x, foreach: { in: [], min_success: 0 } } }",
                "/steps/a/foreach/min_success"
            ),
            ("workflow: w\nsteps: { a: { agent: x, on_error: ignore } }", "/steps/a/on_error"),
            ("workflow: w\nsteps: { a: { agent: x, on_error: {} } }", "/steps/a/on_error"),
            (
                "workflow: w\nsteps: { a: { agent: x, compensate: { agent: x, pure: true } } }",
                "/steps/a/compensate/pure"
            ),
        ])
    func whatTheProgramRefusesItRefusesToo(_ yaml: String, _ place: String) throws {
        #expect(throws: DefinitionErrors.self) {
            try WorkflowDefinition(yaml: yaml, file: "bad.yaml", agents: ["x", "y"])
        }
        let found = try violations(yaml)
        #expect(found.contains { $0.instancePointer.description.hasSuffix(place) }, "\(found)")
    }

    @Test(arguments: [
        "{ set: { a: [1, '${ input.x }'] } }", "{ set: null }", "{ wait: 1h }", "{ wait: '${ input.t }' }",
        "{ wait: { for: 5m } }", "{ wait: { until: '2026-12-24T18:00:00+01:00' } }",
        "{ wait: { until: '${ input.t }' } }",
        "{ signal: go }", "{ signal: { name: go, timeout: 1d, on_timeout: continue } }", "{ agent: x, when: false }",
        "{ agent: x, when: '${ input.a > 1 }', on_error: continue }", "{ agent: x, on_error: { handler: b } }",
        "{ agent: x, foreach: { in: '${ input.l }', as: doc, max_concurrency: 5, tolerate: 10%, min_success: 2 } }",
        "{ agent: x, foreach: { in: [1, 2], tolerate: 0 }, compensate: { agent: y, with: { a: 1 }, retry: {} } }",
    ])
    func whatTheProgramTakesItTakesToo(_ step: String) throws {
        let yaml = """
            workflow: w
            priority: 0
            deprecated: use v
            concurrency: { key: "${ input.l }", limit: 2, on_limit: cancel_running }
            schedule: { cron: "*/5 0 1,15 * mon-fri", time_zone: Etc/UTC, missed: all, input: { a: "${ tick.date }" } }
            on_failure: { agent: x, with: { e: "${ error.code }" }, timeout: { run: 1s } }
            steps:
              a: \(step)
              b: { agent: y }
            """
        #expect(throws: Never.self) { try WorkflowDefinition(yaml: yaml, file: "w.yaml", agents: ["x", "y"]) }
        let found = try violations(yaml)
        #expect(found.isEmpty, "\(found)")
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
            (
                "workflow: w\nconcurrency: { limit: 1, zzzz: 1 }\nsteps: { a: { agent: x } }",
                "/properties/concurrency/properties"
            ),
            (
                "workflow: w\nschedule: { cron: '@daily', zzzz: 1 }\nsteps: { a: { agent: x } }",
                "/properties/schedule/properties"
            ),
            ("workflow: w\nsteps: { a: { agent: x, zzzz: 1 } }", "/$defs/step/properties"),
            ("workflow: w\nsteps: { a: { agent: x, retry: { zzzz: 1 } } }", "/$defs/retry/properties"),
            ("workflow: w\nsteps: { a: { agent: x, compensate: { zzzz: 1 } } }", "/$defs/call/properties"),
            ("workflow: w\nsteps: { a: { agent: x, foreach: { zzzz: 1 } } }", "/$defs/foreach/properties"),
            ("workflow: w\nsteps: { a: { wait: { zzzz: 1 } } }", "/$defs/wait/anyOf/1/properties"),
            ("workflow: w\nsteps: { a: { signal: { zzzz: 1 } } }", "/$defs/signal/anyOf/1/properties"),
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
        check(try #require(document["properties"]?["schedule"]))
        for (_, definition) in try #require(document["$defs"]?.objectValue) { check(definition) }
    }
}
