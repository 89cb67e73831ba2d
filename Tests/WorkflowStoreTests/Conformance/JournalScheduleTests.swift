import Testing
import WorkflowCore

/// What the journal promises of schedules; for the real one and for that of the simulator.
@Suite(.timeLimit(.minutes(5))) struct JournalScheduleTests {
    /// Whole minutes from a moment that both journals keep exactly.
    private static func time(_ minutes: Int64) -> Timestamp {
        Timestamp(microsecondsSinceEpoch: 1_795_363_200_000_000 + minutes * 60_000_000)
    }

    private func record(
        _ workflow: String, last: Int64, cron: String = "* * * * *", zone: String = "UTC", next: Int64? = 99
    ) -> ScheduleRecord {
        ScheduleRecord(
            workflowID: workflow, cron: cron, timeZone: zone, lastTick: Self.time(last), nextTick: next.map(Self.time))
    }

    @Test(arguments: JournalKind.allCases)
    func aScheduleGoesOnFromWhereItWas(kind: JournalKind) async throws {
        try await kind.run { stage in
            let (first, second) = (stage.first.journal, stage.second.journal)
            let begun = try await first.openSchedules([record("b", last: 10), record("a", last: 10)], closing: [])
            #expect(begun == ["a": Self.time(10), "b": Self.time(10)])
            // Somebody who comes later does not begin anew.
            #expect(try await second.openSchedules([record("a", last: 20)], closing: []) == ["a": Self.time(10)])
            #expect(try await second.recordTick(record("a", last: 15, next: nil)))
            #expect(try await first.openSchedules([record("a", last: 30)], closing: []) == ["a": Self.time(15)])
            // It never goes back.
            #expect(try await first.recordTick(record("a", last: 12)))
            #expect(try await first.openSchedules([record("a", last: 30)], closing: []) == ["a": Self.time(15)])
            #expect(try await first.openSchedules([record("b", last: 30)], closing: []) == ["b": Self.time(10)])
            #expect(try await first.openSchedules([], closing: []) == [:])
        }
    }

    @Test(arguments: JournalKind.allCases)
    func anotherExpressionOrZoneBeginsAnew(kind: JournalKind) async throws {
        try await kind.run { stage in
            let journal = stage.first.journal
            _ = try await journal.openSchedules([record("a", last: 10), record("b", last: 10)], closing: [])
            let changed = [record("a", last: 20, cron: "0 * * * *"), record("b", last: 20, zone: "Europe/Berlin")]
            #expect(
                try await journal.openSchedules(changed, closing: []) == ["a": Self.time(20), "b": Self.time(20)])
            // Whoever still has the old one is told so, and changes nothing.
            #expect(try await stage.second.journal.recordTick(record("a", last: 90)) == false)
            #expect(try await stage.second.journal.recordTick(record("b", last: 90)) == false)
            #expect(try await journal.recordTick(record("a", last: 21, cron: "0 * * * *")))
            #expect(
                try await journal.openSchedules(changed, closing: []) == ["a": Self.time(21), "b": Self.time(20)])
        }
    }

    @Test(arguments: JournalKind.allCases)
    func whatHasNoScheduleIsForgotten(kind: JournalKind) async throws {
        try await kind.run { stage in
            let journal = stage.first.journal
            _ = try await journal.openSchedules([record("a", last: 10), record("b", last: 10)], closing: [])
            #expect(
                try await journal.openSchedules([record("b", last: 20)], closing: ["a", "never"])
                    == ["b": Self.time(10)])
            #expect(try await journal.recordTick(record("a", last: 11)) == false)
            #expect(try await journal.openSchedules([record("a", last: 30)], closing: []) == ["a": Self.time(30)])
        }
    }
}
