import PerdureJSON
import Testing

@testable import WorkflowCore

/// Workflows that limit how many of their executions run at a time: what a definition may say, and what becomes of
/// an execution that waits for its turn.
@Suite struct ConcurrencyTests {
    private static func yaml(
        _ concurrency: String, input: String = "{ type: object, properties: { t: {}, n: { type: integer } } }"
    ) -> String {
        """
        workflow: w
        input: \(input)
        concurrency: \(concurrency)
        timeout: 1h
        steps:
          a: { agent: work }
          go: { signal: go, needs: [a] }
        """
    }

    private func key(_ key: String, input: JSONValue, metadata: JSONValue = [:]) throws -> String {
        let definition = try load(Self.yaml("{ key: '\(key)', limit: 1 }", input: "{}"))
        let state = ExecutionState(
            id: someID, workflow: definition.reference, stepNames: [], input: input, metadata: metadata,
            createdAt: noon)
        return try #require(definition.concurrency).key(of: state)
    }

    @Test func aDefinitionSaysIt() throws {
        let rule = try #require(try load(Self.yaml("{ limit: 3 }")).concurrency)
        #expect(rule.limit == 3 && rule.onLimit == .queue && rule.key == nil)
        for policy in ConcurrencyRule.Policy.allCases {
            let yaml = Self.yaml("{ key: \"${ input.n }\", limit: 10000, on_limit: \(policy.rawValue) }")
            #expect(try load(yaml).concurrency?.onLimit == policy)
        }
        #expect(try load("workflow: w\nsteps: { a: { agent: work } }").concurrency == nil)
    }

    @Test(arguments: [
        (
            "3",
            "3:14: concurrency: 'concurrency' is a mapping, e.g. { key: \"${ input.tenant }\", limit: 1 }; found a number."
        ),
        (
            "{ key: x }",
            "3:14: concurrency: The key 'limit' is missing; say how many executions may run at a time, e.g. limit: 1."
        ),
        (
            "{ limit: 0 }",
            "3:23: concurrency.limit: The number of executions at a time is a whole number from 1 to 10000; found 0."
        ),
        (
            "{ limit: 10001 }",
            "3:23: concurrency.limit: The number of executions at a time is a whole number from 1 to 10000; found 10001."
        ),
        (
            "{ limit: 1, on_limit: cancel }",
            "3:36: concurrency.on_limit: This is one of queue, reject, cancel_running; found \"cancel\"."
        ),
        (
            "{ limit: 1, onlimit: queue }",
            "3:26: concurrency.onlimit: Unknown key 'onlimit'. Did you mean 'on_limit'? Known here: key, limit, on_limit."
        ),
        (
            "{ limit: 1, key: [a] }",
            "3:31: concurrency.key: The key is a text, a number or a boolean, e.g. \"${ input.tenant }\"; found a list."
        ),
        (
            "{ limit: 1, key: '${ [input.n] }' }",
            "3:31: concurrency.key: The key is a text, a number or a boolean, e.g. \"${ input.tenant }\"; found an expression that gives list(int)."
        ),
        (
            "{ limit: 1, key: '${ input.m }' }",
            "3:41: concurrency.key: In the expression `input.m`: input has no field 'm'. Did you mean 'n'?"
        ),
        (
            "{ limit: 1, key: '${ steps.a.output }' }",
            "3:35: concurrency.key: In the expression `steps.a.output`: Undeclared name 'steps'"
        ),
    ])
    func whatIsWrongIsSaid(_ concurrency: String, _ message: String) {
        let found = summaries(
            Self.yaml(
                concurrency,
                input: "{ type: object, properties: { n: { type: integer } }, additionalProperties: false }"))
        #expect(found == ["test.yaml:\(message)"], "\(found)")
    }

    @Test func aKeyIsAText() throws {
        #expect(try key("${ input.t }", input: ["t": "a b"]) == "a b")
        #expect(try key("${ input.t }/${ metadata.region }", input: ["t": 3], metadata: ["region": "eu"]) == "3/eu")
        #expect(try key("${ input.t }", input: ["t": 3.5]) == "3.5")
        #expect(try key("${ input.t > 2 }", input: ["t": 3]) == "true")
        #expect(try key("fixed", input: [:]) == "fixed")
        #expect(try key("${ input.t }", input: ["t": .string(String(repeating: "ä", count: 127))]).utf8.count == 254)
    }

    @Test(
        arguments: [
            ([:], "could not be computed from the field 'input': "), (["t": .null], "and is null for this 'input'"),
            (["t": [1]], "and is a list"), (["t": ["a": 1]], "and is a map"),
            (
                ["t": .string(String(repeating: "ä", count: 128))],
                "has 256 bytes for this 'input' and the limit is 255."
            ),
            (["t": "a\u{0}b"], "has U+0000"),
        ] as [(JSONValue, String)])
    func aRequestWithoutAKeyIsRefused(_ input: JSONValue, _ message: String) throws {
        let rejection = try #require(throws: RequestRejection.self) { try key("${ input.t }", input: input) }
        #expect(rejection.code == .invalidInput)
        #expect(rejection.message.contains("'concurrency.key'") && rejection.message.contains(message), "\(rejection)")
    }

    @Test func oneThatWaitsStartsWhenItHasItsTurn() throws {
        var run = try Run(Self.yaml("{ limit: 2 }"), input: ["n": 1])
        let queued = run.handle(.queued(key: "k"))
        #expect(queued.lines == ["EXECUTION_QUEUED"] && queued.invocations.isEmpty && queued.timers.isEmpty)
        #expect(queued.changesState && !queued.changesStatus)
        #expect(
            try queued.events[0].json == [
                "event_type": "EXECUTION_QUEUED", "execution_id": .string(someID.description), "workflow_id": "w",
                "sequence": 1, "version": 1, "concurrency_key": "k", "limit": 2,
            ])
        #expect(queued.events[0].type.cloudEventType == "perdure.execution.queued")
        #expect(run.state.status == .pending && run.state.startedAt == nil && ExecutionResult(run.state) == nil)

        try run.reload()
        let takenOver = run.handle(.takenOver(interrupted: true))
        #expect(takenOver == Decision() && run.state.status == .pending)

        let later = noon.advanced(byMicroseconds: 7_200_000_000)
        let started = run.handle(.slotGranted, now: later)
        #expect(started.lines == ["EXECUTION_STARTED", "STEP_STARTED a", "AGENT_INVOKED a"])
        #expect(started.changesStatus && started.called == ["a"])
        #expect(started.events.map(\.sequence) == [2, 3, 4])
        #expect(run.state.startedAt == later, "its timeout counts from here")
        #expect(started.timers.map(\.due) == [later.advanced(byMicroseconds: 3_600_000_000)])
        // A second message changes nothing.
        #expect(run.handle(.slotGranted, now: later) == Decision())
    }

    @Test func signalsAreKeptUntilItStarts() throws {
        var run = try Run(Self.yaml("{ limit: 1 }"), input: ["n": 1])
        run.handle(.queued(key: ""))
        let signal = run.handle(.signalReceived(name: "go", payload: 7))
        #expect(signal.lines == ["SIGNAL_RECEIVED"] && signal.refusal == nil && run.state.status == .pending)
        try run.reload()
        run.handle(.slotGranted)
        try run.succeed("a", 1)
        let received: JSONValue = ["payload": 7, "timed_out": false]
        #expect(run.state.status == .success && run.state.output == ["a": 1, "go": received])
    }

    @Test func oneThatWaitsIsCancelledWithoutHavingStarted() throws {
        var run = try Run(Self.yaml("{ limit: 1 }") + "\non_failure: { agent: work }\n", input: ["n": 1])
        run.handle(.queued(key: ""))
        let decision = run.handle(.cancelRequested(reason: "no"))
        #expect(decision.lines == ["EXECUTION_CANCELLED"] && decision.invocations.isEmpty)
        #expect(run.state.status == .cancelled && run.state.startedAt == nil && run.state.completedAt != nil)
        #expect(run.state.steps.allSatisfy { $0.status == .cancelled })
        #expect(run.handle(.slotGranted) == Decision())
        #expect(ExecutionResult(run.state)?.json["status"] == "CANCELLED")
    }

    @Test func oneThatCannotHaveATurnFailsWithoutHavingStarted() throws {
        var run = try Run(
            Self.yaml("{ limit: 2, on_limit: reject }") + "\non_failure: { agent: work }\n", input: ["n": 1])
        run.handle(.queued(key: ""))
        let decision = run.handle(.slotRefused)
        #expect(decision.lines == ["EXECUTION_FAILED"] && decision.invocations.isEmpty)
        #expect(run.state.status == .failed && run.state.error?.code == .concurrencyLimit)
        #expect(run.state.startedAt == nil && run.state.steps.count == 2)
    }

    @Test func oneThatStartsLateMayEndWithThat() throws {
        var run = try Run("workflow: w\nconcurrency: { limit: 1 }\nsteps: { a: { set: 1 } }")
        run.handle(.queued(key: ""))
        let decision = run.handle(.slotGranted)
        #expect(decision.lines.first == "EXECUTION_STARTED" && decision.lines.last == "EXECUTION_COMPLETED")
        #expect(decision.changesStatus && run.state.status == .success && run.state.startedAt != nil)
    }
}
