import PerdureJSON
import Testing

@testable import WorkflowCore

/// The definition that the project ships, as the contract describes a run of it.
@Suite struct SampleWorkflowTests {
    enum Clock: CaseIterable {
        case running, standing, goingBack
        func time(_ call: Int64) -> Timestamp {
            switch self {
            case .running: noon.advanced(byMicroseconds: call * 1_000_000)
            case .standing: noon
            case .goingBack: noon.advanced(byMicroseconds: -call * 1_000_000)
            }
        }
    }

    @Test(arguments: Clock.allCases) func tenEventsInOrder(_ clock: Clock) throws {
        let definition = try load(sampleSource())
        var run = Run(definition, input: ["text": "Ada met Bob."])
        let first = run.handle(.accepted, now: clock.time(0))
        let second = try run.succeed("summarize", ["summary": "s"], now: clock.time(1))
        try run.succeed("extract_entities", ["entities": []], now: clock.time(2))
        #expect(
            run.events.map(\.line) == [
                "EXECUTION_STARTED", "STEP_STARTED summarize", "AGENT_INVOKED summarize", "AGENT_RESPONSE summarize",
                "STEP_COMPLETED summarize", "STEP_STARTED extract_entities", "AGENT_INVOKED extract_entities",
                "AGENT_RESPONSE extract_entities", "STEP_COMPLETED extract_entities", "EXECUTION_COMPLETED",
            ])
        #expect(run.events.map(\.sequence) == Array(1...10))
        #expect(try run.events.map { try $0.json["sequence"]?.intValue } == Array(1...10))
        for (earlier, later) in zip(run.events, run.events.dropFirst()) { #expect(earlier.timestamp < later.timestamp) }
        if clock == .running { #expect(run.events[3].timestamp == clock.time(1)) }
        #expect(first.invocations.map(\.arguments) == [["text": "Ada met Bob.", "max_sentences": 3]])
        #expect(second.invocations.map(\.arguments) == [["text": "Ada met Bob."]])
        #expect(run.state.currentStep == 2 && run.state.status == .success)
        #expect(run.state.output == ["summarize": ["summary": "s"], "extract_entities": ["entities": []]])
        #expect(
            ExecutionResult(run.state)?.json == [
                "status": "SUCCESS", "execution_id": .string(someID.description),
                "output": ["summarize": ["summary": "s"], "extract_entities": ["entities": []]],
            ])
    }

    @Test func theInputIsCheckedAgainstItsSchema() throws {
        let catalog = DefinitionCatalog([try load(sampleSource())])
        func code(_ input: JSONValue) -> RequestRejection.Code? {
            do {
                _ = try catalog.definition(for: ExecutionRequest(workflowID: "document_analysis", input: input))
                return nil
            } catch { return error.code }
        }
        #expect(code(["text": "x"]) == nil)
        #expect(code(["text": "x", "max_sentences": 50]) == nil)
        #expect(code(["text": ""]) == .invalidInput)
        #expect(code(["text": "x", "max_sentences": 51]) == .invalidInput)
        #expect(code([:]) == .invalidInput)
        #expect(code("text") == .invalidInput)
    }
}
