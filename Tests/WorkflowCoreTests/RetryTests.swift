import PerdureJSON
import Testing

@testable import WorkflowCore

/// What happens after an agent has failed, and when nobody waits for it any longer.
@Suite struct RetryTests {
    private static func definition(_ retry: String, _ timeout: String = "{ run: 1h }") -> String {
        """
        workflow: w
        steps:
          a:
            agent: work
            retry: \(retry)
            timeout: \(timeout)
          b: { agent: work, needs: [a] }
        """
    }

    private static let failure = WorkflowError(code: .agentError, message: "no luck")

    @Test func aFailedAttemptWaitsForTheNextOne() throws {
        var run = try Run(Self.definition("{ max_attempts: 3, delay: 10s, jitter: none }"))
        run.handle(.accepted)
        let failed = try run.fail("a", Self.failure)
        #expect(failed.lines == ["AGENT_RESPONSE a", "STEP_RETRY_SCHEDULED a"])
        let due = noon.advanced(byMicroseconds: 10_000_000)
        #expect(failed.timers == [ExecutionTimer(executionID: someID, purpose: .retry(step: 0, attempt: 1), due: due)])
        #expect(failed.invocations.isEmpty && failed.changedSteps == [0])
        let waiting = try run.step("a")
        #expect(waiting.status == .waiting && waiting.dueAt == due && waiting.retryCount == 0)
        #expect(waiting.error?.code == .agentError && run.state.status == .running)
        let event = try failed.events[1].json
        #expect(event["next_attempt"] == 2 && event["delay_ms"] == 10_000)
        #expect(event["retry_at"]?.stringValue == due.rfc3339)

        // Early, because a clock went back: the wait goes on.
        let early = run.handle(.timerFired(.retry(step: 0, attempt: 1)), now: noon.advanced(byMicroseconds: 9_999_999))
        #expect(early.events.isEmpty && early.timers == failed.timers)

        let fired = run.handle(.timerFired(.retry(step: 0, attempt: 1)), now: due)
        #expect(fired.lines == ["AGENT_INVOKED a"] && fired.called == ["a"])
        #expect(fired.invocations[0].attempt == 2)
        #expect(try fired.events[0].json["attempt"] == 2)
        let again = try run.step("a")
        #expect(again.status == .running && again.retryCount == 1 && again.error == nil && again.dueAt == nil)
        // A timer that fires twice starts nothing twice.
        #expect(run.handle(.timerFired(.retry(step: 0, attempt: 1)), now: due).events.isEmpty)
        // Nor does an answer of the attempt before.
        #expect(run.handle(.answered(step: 0, attempt: 1, .success(1))).events.isEmpty)

        #expect(try run.succeed("a", 1, now: due).lines.last == "AGENT_INVOKED b")
    }

    @Test func theLastAttemptFailsTheExecution() throws {
        var run = try Run(Self.definition("{ max_attempts: 2, delay: 1s, jitter: none }"))
        run.handle(.accepted)
        try run.fail("a", Self.failure)
        run.handle(.timerFired(.retry(step: 0, attempt: 1)), now: noon.advanced(byMicroseconds: 2_000_000))
        let last = try run.fail("a", Self.failure)
        #expect(last.lines == ["AGENT_RESPONSE a", "STEP_FAILED a", "EXECUTION_FAILED"])
        #expect(try run.step("a").retryCount == 1 && run.state.status == .failed)
        #expect(try run.step("b").status == .cancelled)
    }

    @Test(arguments: [
        ("{ except: [AGENT_ERROR] }", "AGENT_ERROR", false), ("{ except: [OTHER] }", "AGENT_ERROR", true),
        ("{ only: [BUSY] }", "BUSY", true), ("{ only: [BUSY] }", "AGENT_ERROR", false),
        ("{ max_attempts: 2 }", "INVALID_ARGUMENTS", false),
        ("{ only: [INVALID_ARGUMENTS] }", "INVALID_ARGUMENTS", true),
        ("{ max_attempts: 2 }", "TIMEOUT", true), ("{ max_attempts: 2 }", "HEARTBEAT_TIMEOUT", true),
        ("{ max_attempts: 2 }", "START_TIMEOUT", true), ("{ except: [START_TIMEOUT] }", "START_TIMEOUT", false),
        ("{ max_attempts: 2 }", "TOTAL_TIMEOUT", false), ("{ max_attempts: 1 }", "AGENT_ERROR", false),
    ])
    func someErrorsAreNotWorthIt(retry: String, code: String, isRetried: Bool) throws {
        var run = try Run(Self.definition(retry))
        run.handle(.accepted)
        let decision = try run.fail("a", WorkflowError(code: WorkflowError.Code(rawValue: code), message: "m"))
        #expect((decision.lines.last == "STEP_RETRY_SCHEDULED a") == isRetried)
        #expect((run.state.status == .failed) != isRetried)
    }

    @Test func withoutRetryThereIsOneAttempt() throws {
        var run = try Run("workflow: w\nsteps: { a: { agent: work } }")
        run.handle(.accepted)
        #expect(try run.fail("a", Self.failure).lines.last == "EXECUTION_FAILED")
    }

    @Test func theTotalTimeoutBoundsTheDelays() throws {
        var run = try Run(
            Self.definition("{ max_attempts: 9, delay: 1m, max_delay: 1m, jitter: none }", "{ total: 90s }"))
        let accepted = run.handle(.accepted)
        #expect(
            accepted.invocations[0].timeouts.totalMicroseconds.map { (89_999_900...90_000_100).contains($0) } == true)
        #expect(try run.fail("a", Self.failure).lines.last == "STEP_RETRY_SCHEDULED a")
        let minute = noon.advanced(byMicroseconds: 60_000_000)
        let second = run.handle(.timerFired(.retry(step: 0, attempt: 1)), now: minute)
        #expect(second.invocations[0].timeouts.totalMicroseconds.map { (29_999_900...30_000_100).contains($0) } == true)
        let failed = run.handle(.answered(step: 0, attempt: 2, .failure(Self.failure)), now: minute)
        #expect(failed.lines.last == "EXECUTION_FAILED")
    }

    @Test(arguments: [true, false])
    func aTakeoverGoesOnWaiting(interrupted: Bool) throws {
        var run = try Run(Self.definition("{ delay: 10s, jitter: none }"))
        run.handle(.accepted)
        let failed = try run.fail("a", Self.failure)
        try run.reload()
        let resumed = run.handle(.takenOver(interrupted: interrupted))
        #expect(resumed.timers == failed.timers && resumed.invocations.isEmpty && resumed.events.isEmpty)
        #expect(try run.step("a").interruptions == 0)
        #expect(run.handle(.timerFired(.retry(step: 0, attempt: 1)), now: failed.timers[0].due).called == ["a"])
    }

    @Test func aStepThatWaitsIsCancelledWithItsExecution() throws {
        var run = try Run(
            """
            workflow: w
            steps:
              a: { agent: work, retry: { delay: 10s } }
              b: { agent: work }
            """)
        run.handle(.accepted)
        try run.fail("a", Self.failure)
        let failed = try run.fail("b", Self.failure)
        #expect(failed.lines == ["AGENT_RESPONSE b", "STEP_FAILED b", "STEP_CANCELLED a", "EXECUTION_FAILED"])
        #expect(try run.step("a").dueAt == nil && failed.timers.isEmpty)
        #expect(
            run.handle(.timerFired(.retry(step: 0, attempt: 1)), now: noon.advanced(byMicroseconds: 1 << 40)).events
                .isEmpty)
    }

    @Test func aWholePolicyIsRead() throws {
        let definition = try load(
            """
            workflow: w
            steps:
              a:
                agent: work
                retry: { max_attempts: 5, delay: 1s, backoff: exponential, max_delay: 1m, jitter: full, except: [INVALID_INPUT] }
                timeout: { start: 5s, run: 30s, heartbeat: 10s, total: 10m }
              b: { agent: work, retry: {} }
            """)
        #expect(
            definition.steps[0].work.agent?.retry
                == RetryPolicy(
                    maxAttempts: 5, delayMicroseconds: 1_000_000, backoff: .exponential,
                    maxDelayMicroseconds: 60_000_000, jitter: .full, except: ["INVALID_INPUT"]))
        #expect(
            definition.steps[0].work.agent?.timeouts
                == StepTimeouts(
                    startMicroseconds: 5_000_000, runMicroseconds: 30_000_000, heartbeatMicroseconds: 10_000_000,
                    totalMicroseconds: 600_000_000))
        #expect(
            definition.steps[1].work.agent?.retry == RetryPolicy()
                && definition.steps[1].work.agent?.timeouts == StepTimeouts())
    }

    @Test func delays() {
        func delays(_ backoff: RetryPolicy.Backoff, _ jitter: RetryPolicy.Jitter, bits: UInt64 = .max) -> [Int64] {
            let policy = RetryPolicy(
                delayMicroseconds: 1000, backoff: backoff, maxDelayMicroseconds: 5000, jitter: jitter)
            return [1, 2, 3, 4, 1000].map { policy.delayMicroseconds(afterAttempt: $0, randomBits: bits) }
        }
        #expect(delays(.constant, .none) == [1000, 1000, 1000, 1000, 1000])
        #expect(delays(.linear, .none) == [1000, 2000, 3000, 4000, 5000])
        #expect(delays(.exponential, .none) == [1000, 2000, 4000, 5000, 5000])
        #expect(delays(.exponential, .full, bits: 0) == [0, 0, 0, 0, 0])
        #expect(delays(.exponential, .equal, bits: 0) == [500, 1000, 2000, 2500, 2500])
        #expect(delays(.exponential, .equal, bits: 1 << 63) == [750, 1500, 3000, 3750, 3750])
        #expect(delays(.exponential, .full, bits: 1 << 63) == [500, 1000, 2000, 2500, 2500])
    }

    @Test func jitterIsSpreadAndTheSameWhoeverDecides() throws {
        var dues: Set<Timestamp> = []
        for attempt in 0..<2 {
            for low in UInt64(0)..<50 {
                let state = ExecutionState(
                    id: ExecutionID(now: noon, randomBits: 0, low), workflow: try load(Self.definition("{}")).reference,
                    stepNames: ["a", "b"], input: [:], createdAt: noon)
                var execution = Execution(definition: try load(Self.definition("{ delay: 1m }")), state: state)
                _ = execution.handle(.accepted, now: noon)
                let decision = execution.handle(.answered(step: 0, attempt: 1, .failure(Self.failure)), now: noon)
                let due = try #require(decision.timers.first?.due)
                #expect(due >= noon && due <= noon.advanced(byMicroseconds: 60_000_000))
                #expect(dues.insert(due).inserted == (attempt == 0))
            }
        }
    }

    @Test(arguments: [
        ("500ms", 500_000), ("30s", 30_000_000), ("10m", 600_000_000), ("1h30m", 5_400_000_000), ("1d", 86_400_000_000),
        ("3653d", 315_619_200_000_000),
    ])
    func durations(text: String, microseconds: Int64) {
        #expect(DurationText.microseconds(text) == microseconds)
        #expect(DurationText.text(Int64(microseconds)) == text)
    }

    @Test func aLongDelayIsNotCutToTheStandardLimit() throws {
        func policy(_ retry: String) throws -> RetryPolicy? {
            try load(Self.definition(retry, "{}")).steps.first?.work.agent?.retry
        }
        #expect(try policy("{ delay: 5m }")?.maxDelayMicroseconds == 300_000_000)
        #expect(try policy("{ delay: 59s }")?.maxDelayMicroseconds == 60_000_000)
        #expect(try policy("{ delay: 5m, max_delay: 5m }")?.maxDelayMicroseconds == 300_000_000)
        #expect(RetryPolicy(delayMicroseconds: 90_000_000).maxDelayMicroseconds == 90_000_000)
    }

    @Test(arguments: [
        "", "30", "s", "1.5s", "-1s", "0s", "30m1h", "1s1s", "1 s", "1w", "3654d", "9223372036854775807d",
        "99999999999999999999s", "１s",
    ])
    func notDurations(text: String) {
        #expect(DurationText.microseconds(text) == nil)
    }

    @Test(arguments: [
        ("{ max_attempt: 3 }", "{}", "Unknown key 'max_attempt'. Did you mean 'max_attempts'?"),
        ("{ max_attempts: 0 }", "{}", "from 1 to 1000; found 0."), ("{ delay: 10 }", "{}", "e.g. 500ms, 30s"),
        ("{ backoff: exponentiel }", "{}", "Did you mean 'exponential'?"),
        ("{ jitter: some }", "{}", "none, full, equal"),
        ("{ except: BUSY }", "{}", "This is a list of error codes"), ("[]", "{}", "'retry' is a mapping"),
        ("{}", "30s", "'timeout' is a mapping"), ("{}", "{ run: soon }", "A duration is a number with a unit"),
        ("{}", "{ start: 0s }", "A duration must be above zero"),
        (
            "{ delay: 5m, max_delay: 1m }", "{}",
            "steps.a.retry.max_delay: 'max_delay' is where the delay stops growing, and it is 5m from the start; write 5m or "
                + "more, or a shorter 'delay'."
        ),
        ("{ max_delay: 500ms }", "{}", "it is 1s from the start"),
        ("{}", "{ begin: 1s }", "Known here: start, run, heartbeat, total."),
    ])
    func mistakesAreNamed(retry: String, timeout: String, message: String) {
        let found = summaries(Self.definition(retry, timeout))
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }
}
