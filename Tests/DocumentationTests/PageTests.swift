import Foundation
import PerdureJSON
import TestSupport
import Testing
import WorkflowCore

/// What can be checked by reading.
@Suite struct PageTests {
    @Test(arguments: Page.all) func `every link leads somewhere`(path: String) throws {
        let page = try Page(path)
        let folder = URL(fileURLWithPath: "\(Page.folder)/\(path)").deletingLastPathComponent().path
        #expect(!page.links.isEmpty)
        for link in page.links {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let file = parts[0].isEmpty ? "\(Page.folder)/\(path)" : "\(folder)/\(parts[0])"
            #expect(FileManager.default.fileExists(atPath: file), "\(path) links to \(link)")
            guard parts.count == 2, file.hasSuffix(".md") else { continue }
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(Page(path: file, text: text).anchors.contains(String(parts[1])), "\(path) links to \(link)")
        }
    }

    @Test(arguments: Page.all) func `every file that is named exists`(path: String) throws {
        let named = try Page(path).text.matches(
            of: /`((?:Sources|Tests|db|config|docs)\/[A-Za-z0-9_.\/+-]*[A-Za-z0-9])\/?`/
        )
        .map { String($0.1) }
        // What a reader makes rather than finds.
        let made: Set = ["config/perdure.yaml", "config/workflows/summary_only.yaml"]
        for file in named where !made.contains(file) {
            #expect(FileManager.default.fileExists(atPath: "\(Page.folder)/\(file)"), "\(path) names \(file)")
        }
    }

    @Test(arguments: Page.all) func `every announced snippet is there`(path: String) throws {
        let page = try Page(path)
        #expect(page.snippets.count == page.announcedSnippets)
    }

    @Test func `the program in the text is the one that is built`() throws {
        let source = try String(
            contentsOfFile: "\(Page.folder)/Tests/DocumentationExample/main.swift", encoding: .utf8)
        #expect(try Page("README.md").snippets["main.swift"] == source)
    }

    @Test func `the definitions in the text are valid`() throws {
        var count = 0
        for path in Page.all {
            for (name, text) in try Page(path).snippets where name.hasSuffix(".yaml") && !name.hasSuffix(".test.yaml") {
                do {
                    _ = try WorkflowDefinition(yaml: text, file: name, agents: Page.agents, zones: .system)
                    count += 1
                } catch {
                    Issue.record("\(path): \(error.summary)")
                }
            }
        }
        #expect(count >= 2)
    }

    @Test func `the graph in the text is the one that is drawn`() throws {
        let snippets = try Page("docs/workflows.md").snippets
        let yaml = try #require(snippets["overview.yaml"])
        let definition = try WorkflowDefinition(
            yaml: yaml, file: "overview.yaml", agents: ["summarize", "extract_entities"])
        #expect(snippets["graph.txt"] == WorkflowDiagram(definition).drawn(as: .text))
    }

    @Test func `the error about a version in the text is the one that is printed`() throws {
        let snippets = try Page("docs/workflows.md").snippets
        let yaml = try #require(snippets["overview.yaml"])
        func load(_ yaml: String) throws -> WorkflowDefinition {
            try WorkflowDefinition(yaml: yaml, file: "briefing.yaml", agents: Page.agents)
        }
        let kept = KeptDefinition(
            reference: try load(yaml).reference, source: yaml,
            keptAt: Timestamp(microsecondsSinceEpoch: 1_795_363_200_000_000))
        let changed = try load(yaml.replacing("max_sentences: 5", with: "max_sentences: 4"))
        let error = changed.versionError(against: kept, newestVersion: 2)
        #expect(snippets["version.txt"] == "\(error)\n")
        #expect(try load("# A comment\n" + yaml).reference == kept.reference)
    }

    @Test func `the limits in the text are those of the program`() throws {
        let page = try Page("docs/architecture.md").text
        let stated: [(String, Int)] = [
            ("requestBytes", Limits.requestBytes), ("jsonDepth", Limits.jsonDepth),
            ("stepOutputBytes", Limits.stepOutputBytes), ("computedBytes", Limits.computedBytes),
            ("eventValueBytes", Limits.eventValueBytes), ("eventBatchBytes", Limits.eventBatchBytes),
            ("stepsPerWorkflow", Limits.stepsPerWorkflow), ("itemsPerLoop", Limits.itemsPerLoop),
            ("itemsAtWork", Limits.itemsAtWork), ("standardItemsAtWork", Limits.standardItemsAtWork),
            ("definitionNodes", Limits.definitionNodes), ("definitionBytes", Limits.definitionBytes),
            ("definitionTextBytes", Limits.definitionTextBytes),
            ("patternInstructions", Limits.patternInstructions),
            ("errorsPerDefinition", Limits.errorsPerDefinition), ("idempotencyKeyBytes", Limits.idempotencyKeyBytes),
            ("propertyBytes", Limits.propertyBytes), ("interruptionsPerStep", Limits.interruptionsPerStep),
            ("missedTicks", Limits.missedTicks), ("attemptsPerStep", Limits.attemptsPerStep),
            ("retryAfterSeconds", Limits.retryAfterSeconds),
            ("controlBytes", Limits.controlBytes), ("signalPayloadBytes", Limits.signalPayloadBytes),
            ("signalsWaiting", Limits.signalsWaiting), ("signalBytesWaiting", Limits.signalBytesWaiting),
            ("concurrencyKeyBytes", Limits.concurrencyKeyBytes), ("slotsPerKey", Limits.slotsPerKey),
            ("signalNameBytes", Limits.signalNameBytes), ("errorMessageCharacters", Limits.errorMessageCharacters),
            ("errorCodeCharacters", Limits.errorCodeCharacters), ("childDepth", Limits.childDepth),
            ("executionsWithChildren", Limits.executionsWithChildren),
        ]
        for (name, value) in stated { #expect(page.contains("| `\(name)` | \(value) |"), "\(name) is \(value)") }
        let rows = page.matches(of: /\n\| `[a-z][A-Za-z]+` \| \d+ \|/)
        #expect(rows.count == stated.count)
        let source = try Page("Sources/WorkflowCore/Basics/Limits.swift").text
        #expect(source.matches(of: /public static let/).count == stated.count)
    }
}

extension Page {
    fileprivate init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
