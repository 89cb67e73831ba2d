import Cron
import Testing

struct ExpressionTests {
    private func refusal(_ text: String) -> CronError? {
        do {
            _ = try CronExpression(text)
            return nil
        } catch {
            return error
        }
    }

    /// Each with what its message has to say and where.
    @Test(arguments: [
        ("", "five fields", 0), ("* * * *", "found 4", 0), ("0 * * * * *", "none for seconds", 10),
        ("60 * * * *", "'60' is no minute: write a number from 0 to 59", 0),
        ("0 24 * * *", "'24' is no hour", 2), ("0 0 0 * *", "'0' is no day of the month", 4),
        ("0 0 32 * *", "1 to 31", 4), ("0 0 * 13 *", "or jan to dec", 6), ("0 0 * * 8", "or sun to sat", 8),
        ("0 0 * * monday", "Did you mean 'mon'?", 8), ("0 0 * june *", "Did you mean 'jun'?", 6),
        ("0 0 ? * mon", "'?' belongs to other dialects of cron; write '*'", 4), ("0 0 L * *", "'L' belongs", 4),
        ("0 0 * * mon#2", "'#' belongs", 8), ("5/15 * * * *", "'5-59/…'", 0), ("*/0 * * * *", "from 1 to 59", 2),
        ("*/x * * * *", "found 'x'", 2), ("0 22-2 * * *", "'22-23,0-2'", 2), ("0 0 * * fri-mon", "goes backwards", 8),
        ("1,,2 * * * *", "a minute is missing", 2), ("1-2-3 * * * *", "one '-'", 4), ("*/2/3 * * * *", "one '/'", 4),
        ("-1 * * * *", "a minute is missing", 0), ("  0   0 99 * *", "'99'", 8), ("@reboot", "@daily", 0),
        ("@every 5m", "@hourly", 0), ("0 0 30 2 *", "No day ever fits", 4), ("0 0 31 2,4,6,9,11 *", "No day ever", 4),
        ("٣ * * * *", "is no minute", 0), ("1e1 * * * *", "is no minute", 0),
    ])
    func errorsSayWhatToWriteAndWhere(text: String, message: String, offset: Int) throws {
        let error = try #require(refusal(text), "'\(text)' is taken")
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.offset == offset, "\(error.message)")
        #expect(error.message.hasSuffix(".") || error.message.hasSuffix("?"), "\(error.message)")
    }

    @Test(arguments: [
        "* * * * *", "0 0 29 2 *", "0\t0   1 JAN Mon", "0 0 * * 0-7", "0 0 * * sat-sun", "*/59 * * * *", "@Daily",
        "0-59/7,3 */5 1-31/2 jan-dec 1,3,5", "00 09 * * *", "0 0 29 2 */2",
    ])
    func whatIsRightIsTaken(text: String) throws {
        #expect(refusal(text) == nil)
    }

    @Test func aHugeTextIsRefused() throws {
        #expect(refusal(Array(repeating: "1", count: 100_000).joined(separator: ",") + " * * * *") != nil)
    }

    private func ticks(_ cron: String, after start: Int64 = 1_767_225_600, _ count: Int = 3) throws -> [Int64] {
        let timetable = CronTimetable(try CronExpression(cron), in: .utc)
        var time = start
        return try (0..<count).map { _ in
            time = try #require(timetable.next(after: time))
            return time
        }
    }

    @Test func wordsStandForExpressions() throws {
        for (word, cron) in [
            ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@weekly", "0 0 * * sun"),
            ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 jan *"), ("@annually", "0 0 1 1 *"),
        ] {
            #expect(try ticks(word) == ticks(cron))
        }
        #expect(try ticks("0 0 * * 7") == ticks("0 0 * * 0"))
        #expect(try ticks("0 0 * * sat-sun") == ticks("0 0 * * 0,6"))
    }

    /// 2026-01-01 was a Thursday.
    @Test func daysFitByEitherFieldUnlessOneBeginsWithAStar() throws {
        let day: Int64 = 86_400
        let start: Int64 = 1_767_225_600
        // The 13th, and Fridays: the 2nd, the 9th, the 13th.
        #expect(try ticks("0 0 13 * fri") == [1, 8, 12].map { start + $0 * day })
        // Every second day of the month that is a Friday: the 9th, the 23rd, then the 13th of February.
        #expect(try ticks("0 0 */2 * fri") == [8, 22, 43].map { start + $0 * day })
    }

    @Test func farTimesEnd() throws {
        let timetable = CronTimetable(try CronExpression("0 0 29 2 */7"), in: .utc)
        // The 29th of February on a Sunday: 2032.
        #expect(timetable.next(after: 1_767_225_600) == 1_961_625_600)
        #expect(timetable.next(after: .max) == nil)
        #expect(timetable.next(after: .min) == nil)
        #expect(timetable.next(after: 300_000_000_000) != nil)
    }
}
