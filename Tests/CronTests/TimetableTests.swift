import Cron
import Foundation
import Testing

/// Ticks and offsets by tables that other implementations have made; `Fixtures/make.py` says how.
struct TimetableTests {
    private struct Fixtures: Decodable {
        struct Zone: Decodable {
            let tzif: Data
            let offsets: [[Int64]]
        }

        struct Table: Decodable {
            let zone: String
            let cron: String
            let after: Int64
            let ticks: [Int64]
        }

        let zones: [String: Zone]
        let tables: [Table]

        func rules(_ name: String) throws -> TimeZoneRules {
            let zone = try #require(zones[name], "\(name)")
            return try #require(TimeZoneRules(tzif: Array(zone.tzif)), "\(name) cannot be read")
        }
    }

    private let fixtures: Fixtures

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/ticks.json")
        fixtures = try JSONDecoder().decode(Fixtures.self, from: Data(contentsOf: file))
    }

    @Test func zonesShowWhatTheyShowElsewhere() throws {
        for (name, zone) in fixtures.zones {
            let rules = try fixtures.rules(name)
            for row in zone.offsets { #expect(rules.offset(at: row[0]) == row[1], "\(name) at \(row[0])") }
        }
        #expect(fixtures.zones.count == 9)
    }

    @Test func ticksComeWhenTheyComeElsewhere() throws {
        var count = 0
        for table in fixtures.tables {
            let timetable = CronTimetable(try CronExpression(table.cron), in: try fixtures.rules(table.zone))
            var time = table.after
            for expected in table.ticks {
                let tick = timetable.next(after: time)
                #expect(tick == expected, "'\(table.cron)' in \(table.zone) after \(time)")
                time = expected
                count += 1
            }
        }
        #expect(count > 1800)
    }

    @Test func fromAnyMomentTheNextTickIsTheSame() throws {
        for table in fixtures.tables where table.zone != "UTC" {
            let timetable = CronTimetable(try CronExpression(table.cron), in: try fixtures.rules(table.zone))
            for (last, tick) in zip(table.ticks, table.ticks.dropFirst()) {
                for moment in [last, last + 1, (last + tick) / 2, tick - 1] {
                    #expect(
                        timetable.next(after: moment) == tick, "'\(table.cron)' in \(table.zone) after \(moment)")
                }
            }
        }
    }

    /// 2026-03-29 and 2026-10-25 in Berlin, as the documentation describes them.
    @Test func whatClocksLeaveOutOrShowTwice() throws {
        let berlin = try fixtures.rules("Europe/Berlin")
        func ticks(_ cron: String, _ day: Int64, _ count: Int) throws -> [Int64] {
            let timetable = CronTimetable(try CronExpression(cron), in: berlin)
            var time = day - 1
            return try (0..<count).map { _ in
                time = try #require(timetable.next(after: time))
                return (time - day) / 60
            }
        }
        // Midnight in Berlin, each; the minutes are those that have passed since.
        let spring: Int64 = 1_774_738_800
        let autumn: Int64 = 1_792_879_200
        // 02:30 does not exist: 03:00, once, also for two times in the gap; the day after at 02:30 again.
        #expect(try ticks("30 2 * * *", spring, 2) == [120, 23 * 60 + 150])
        #expect(try ticks("0,30 2 * * *", spring, 2) == [120, 23 * 60 + 120])
        #expect(try ticks("30 2,3 * * *", spring, 2) == [120, 150])
        // 02:30 exists twice: the first of them.
        #expect(try ticks("30 2 * * *", autumn, 2) == [150, 25 * 60 + 150])
        // Every half an hour stays every half an hour.
        #expect(try ticks("*/30 * * * *", spring, 6) == [0, 30, 60, 90, 120, 150])
        #expect(try ticks("*/30 * * * *", autumn, 9) == [0, 30, 60, 90, 120, 150, 180, 210, 240])
    }

    @Test func damagedFilesAreNoZones() throws {
        let whole = Array(try #require(fixtures.zones["Europe/Berlin"]).tzif)
        #expect(TimeZoneRules(tzif: []) == nil)
        #expect(TimeZoneRules(tzif: Array("TZif2".utf8)) == nil)
        for length in stride(from: 0, to: whole.count - 1, by: 37) {
            #expect(TimeZoneRules(tzif: Array(whole[..<length])) == nil, "\(length) bytes")
        }
        // Whatever a byte becomes, reading ends.
        for index in stride(from: 0, to: whole.count, by: 5) {
            var bytes = whole
            bytes[index] ^= 0xFF
            let rules = TimeZoneRules(tzif: bytes)
            _ = rules?.offset(at: 1_800_000_000)
            if let rules { _ = CronTimetable(try CronExpression("30 2 29 2 *"), in: rules).next(after: 1_800_000_000) }
        }
    }

    @Test func namesLeadNowhereElse() throws {
        let everything = TimeZoneDatabase { name throws(TimeZoneDatabase.Refusal) in .utc }
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+3", "EST5EDT"] {
            _ = try everything.rules(of: name)
        }
        for name in ["../etc/passwd", "/etc/localtime", "", "Europe/", "a//b", "a/../b", ".", "Europe/Ber lin", "ä"] {
            #expect(throws: TimeZoneDatabase.Refusal.self, "\(name)") { try everything.rules(of: name) }
        }
        #expect(try TimeZoneDatabase.utcOnly.rules(of: "UTC") == .utc)
        #expect(throws: TimeZoneDatabase.Refusal.self) { try TimeZoneDatabase.utcOnly.rules(of: "Europe/Berlin") }
    }
}
