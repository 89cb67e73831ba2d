import PerdureJSON
import TestSupport
import Testing

@testable import WorkflowCore

/// When workflows are started by the clock, and with what.
@Suite struct ScheduleTests {
    private func load(_ schedule: String, input: String = "{}") throws -> WorkflowDefinition {
        try WorkflowDefinition(
            yaml: "workflow: w\ninput: \(input)\nschedule: \(schedule)\nsteps: { a: { agent: work } }\n",
            file: "w.yaml",
            agents: ["work"], zones: .system)
    }

    private func schedule(_ schedule: String, input: String = "{}") throws -> WorkflowSchedule {
        try #require(try load(schedule, input: input).schedule)
    }

    private func errors(_ schedule: String, input: String = "{}") -> [String] {
        do {
            _ = try load(schedule, input: input)
            return []
        } catch let error as DefinitionErrors {
            return error.errors.map(\.summary)
        } catch {
            return ["\(error)"]
        }
    }

    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    @Test func itIsNoneUnlessItIsThere() throws {
        #expect(try WorkflowCoreTests.load("workflow: w\nsteps: { a: { agent: work } }").schedule == nil)
        let plain = try schedule("{ cron: \"30 2 * * mon-fri\" }")
        #expect(plain.timeZone == "UTC" && plain.missed == .latest && plain.cron == "30 2 * * mon-fri")
        #expect(try plain.nextTick(after: time("2026-11-20T12:00:00Z")) == time("2026-11-23T02:30:00Z"))
    }

    @Test(arguments: [
        ("[1]", "3:11: schedule: 'schedule' is a mapping"),
        ("{ crom: '* * * * *' }", "schedule.crom: Unknown key 'crom'. Did you mean 'cron'?"),
        ("{ time_zone: UTC }", "The key 'cron' is missing"), ("{ cron: 5 }", "A cron expression is a text"),
        ("{ cron: '61 2 * * *' }", "3:20: schedule.cron: '61' is no minute"),
        ("{ cron: '1 2 * * funday' }", "3:28: schedule.cron: 'funday' is no day of the week"),
        ("{ cron: '0 0 30 2 *' }", "No day ever fits"),
        ("{ cron: '@daily', time_zone: Europe/Berlinn }", "There is no time zone 'Europe/Berlinn'"),
        ("{ cron: '@daily', time_zone: 3 }", "A time zone has a name"),
        ("{ cron: '@daily', time_zone: ../../etc/passwd }", "A time zone has a name"),
        ("{ cron: '@daily', missed: last }", "This is skip, latest, all; found \"last\""),
        ("{ cron: '@daily', input: { day: '${ tick.dat }' } }", "Did you mean 'date'?"),
        ("{ cron: '@daily', input: { day: '${ input.x }' } }", "schedule.input.day"),
        ("{ cron: '@daily', input: { day: '${ 1 / (size(tick.date) - 10) }' } }", "cannot be computed"),
    ])
    func errorsSayWhatToWriteAndWhere(text: String, expected: String) {
        let found = errors(text)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    /// The literal parts are there to be held to the schema, and so is what the expressions of a tick give.
    @Test func whatATickIsGivenFitsTheWorkflow() throws {
        let input = "{ type: object, required: [day], properties: { day: { type: string }, n: { type: integer } } }"
        #expect(errors("{ cron: '@daily', input: { day: '${ tick.date }', n: 3 } }", input: input).isEmpty)
        let wrong = errors("{ cron: '@daily', input: { day: x, n: many } }", input: input)
        #expect(wrong.count == 1 && wrong[0].contains("3:49: schedule.input.n: What the tick of"), "\(wrong)")
        #expect(errors("{ cron: '@daily', input: { day: '${ tick.time }' } }", input: input).isEmpty)
        #expect(errors("{ cron: '@daily', input: { day: '${ size(tick.date) }' } }", input: input).count == 1)
        let missing = errors("{ cron: '@daily' }", input: input)
        #expect(missing.count == 1 && missing[0].contains("'day'"), "\(missing)")
    }

    @Test func anExpressionSeesTheTickInItsZone() throws {
        let tick = try time("2026-07-01T22:30:00Z")
        let summer = try schedule(
            """
            { cron: "30 0 * * *", time_zone: Europe/Berlin, input: {
                time: "${ tick.time }", local: "${ tick.local }", date: "${ tick.date }", before: "${ tick.yesterday }" } }
            """)
        #expect(summer.isTick(tick))
        #expect(
            try summer.input(at: tick) == [
                "time": "2026-07-01T22:30:00Z", "local": "2026-07-02T00:30:00+02:00", "date": "2026-07-02",
                "before": "2026-07-01",
            ])
        let west = try schedule("{ cron: '@hourly', time_zone: America/St_Johns, input: { at: '${ tick.local }' } }")
        #expect(try west.input(at: time("2026-01-01T02:30:00Z")) == ["at": "2025-12-31T23:00:00-03:30"])
    }

    @Test func aTickIsOneRequestWhoeverMakesIt() throws {
        let daily = try schedule("{ cron: '@daily', input: { day: '${ tick.date }' } }")
        let tick = try time("2026-11-23T00:00:00Z")
        let request = try daily.request(for: "w", tick: tick)
        #expect(request.idempotencyKey == "perdure:schedule/w/2026-11-23T00:00:00Z")
        #expect(request.executionID == (try daily.request(for: "w", tick: tick).executionID))
        #expect(request.executionID != (try daily.request(for: "v", tick: tick).executionID))
        #expect(request.input == ["day": "2026-11-23"] && request.workflowID == "w" && request.version == nil)
        #expect(request.metadata["schedule"]?["tick"] == "2026-11-23T00:00:00Z")
        // It is a request like any other: it can be read back from its message.
        var envelope = ExecutionRequest.Envelope(
            messageID: request.idempotencyKey, replyTo: nil, correlationID: nil, traceparent: nil)
        #expect(throws: RequestRejection.self, "nobody else may ask for it") {
            try ExecutionRequest(body: request.body.jsonBytes, envelope: envelope)
        }
        envelope.isOfRuntime = true
        #expect(try ExecutionRequest(body: request.body.jsonBytes, envelope: envelope) == request)
    }

    private func due(_ missed: String, after last: String, now: String) throws -> String? {
        try schedule("{ cron: '0 * * * *', missed: \(missed) }").dueTick(after: time(last), now: time(now))
            .map(WorkflowSchedule.text)
    }

    @Test func whatIsDueDependsOnWhatWasMissed() throws {
        for missed in ["skip", "latest", "all"] {
            // On time, and before it.
            #expect(
                try due(missed, after: "2026-11-23T09:00:00Z", now: "2026-11-23T10:00:00.02Z") == "2026-11-23T10:00:00Z"
            )
            #expect(try due(missed, after: "2026-11-23T09:00:00Z", now: "2026-11-23T09:59:59.99Z") == nil)
            #expect(try due(missed, after: "2026-11-23T10:00:00Z", now: "2026-11-23T10:00:00.02Z") == nil)
            #expect(try due(missed, after: "2026-11-23T10:00:00Z", now: "2026-11-23T08:00:00Z") == nil)
        }
        let (last, now) = ("2026-11-23T05:00:00Z", "2026-11-23T10:20:00Z")
        #expect(try due("skip", after: last, now: now) == nil)
        #expect(try due("skip", after: last, now: "2026-11-23T10:00:50Z") == "2026-11-23T10:00:00Z")
        #expect(try due("latest", after: last, now: now) == "2026-11-23T10:00:00Z")
        #expect(try due("all", after: last, now: now) == "2026-11-23T06:00:00Z")
        #expect(try due("all", after: "2026-11-23T09:00:00Z", now: now) == "2026-11-23T10:00:00Z")
        // A hundred of them at most: of 32 years of hours the last.
        #expect(try due("all", after: "1994-01-01T00:00:00Z", now: "2026-11-23T10:20:00Z") == "2026-11-19T07:00:00Z")
        #expect(try due("latest", after: "0001-01-01T00:00:00Z", now: now) == "2026-11-23T10:00:00Z")
    }

    @Test func aRareScheduleThatWasMissedIsFound() throws {
        let leap = try schedule("{ cron: '0 0 29 2 *' }")
        #expect(
            try leap.dueTick(after: time("2021-01-01T00:00:00Z"), now: time("2027-12-31T00:00:00Z"))
                == time("2024-02-29T00:00:00Z"))
    }

    @Test func theNewestVersionsAreThoseThatCount() throws {
        func version(_ number: Int, _ more: String) throws -> WorkflowDefinition {
            try WorkflowCoreTests.load("workflow: w\nversion: \(number)\n\(more)\nsteps: { a: { agent: work } }")
        }
        let catalog = DefinitionCatalog([
            try version(9, "schedule: { cron: '@daily' }"), try version(10, "timeout: 1h"),
            try version(2, "timeout: 2h"),
        ])
        #expect(catalog.newest.map(\.reference.version) == [10] && catalog.newest[0].schedule == nil)
    }

    private func cases(_ text: String, _ definition: WorkflowDefinition) throws -> [CaseReport] {
        try WorkflowCases(yaml: text, file: "w.test.yaml").run(definition)
    }

    @Test func aCaseMayBeATick() throws {
        let definition = try WorkflowDefinition(
            yaml: """
                workflow: w
                schedule: { cron: "30 2 * * *", time_zone: Europe/Berlin, input: { day: "${ tick.date }" } }
                steps: { a: { set: "${ input.day + ' ' + metadata.schedule.tick }" } }
                output: "${ steps.a.output }"
                """, file: "w.yaml", agents: [], zones: .system)
        let reports = try cases(
            """
            workflow: w.yaml
            cases:
              - name: a night
                tick: 2026-11-23T01:30:00Z
                expect: { status: SUCCESS, output: "2026-11-23 2026-11-23T01:30:00Z", duration: 0s }
            """, definition)
        #expect(reports.count == 1 && reports[0].hasPassed, "\(reports)")

        for (line, expected) in [
            ("tick: 2026-11-23T02:30:00Z", "has no tick at this time. The next tick is 2026-11-24T01:30:00Z."),
            ("tick: tonight", "A time has a date"), ("tick: 2026-11-23T01:30:00Z\n    input: {}", "'input' or 'tick'"),
        ] {
            let error = #expect(throws: DefinitionErrors.self) {
                try cases(
                    "workflow: w.yaml\ncases:\n  - name: a\n    \(line)\n    expect: { status: SUCCESS }", definition)
            }
            #expect(error?.summary.contains(expected) == true, "\(error?.summary ?? "")")
        }
    }
}
