import Testing

@testable import PostgresClient

/// The parts that need no server.
@Suite("Parts") struct PartsTests {
    @Test func sessionStates() {
        var machine = SessionStateMachine<String, String>()
        guard case .waitAndConnect(generation: 1) = machine.acquire(1, "a") else {
            Issue.record("the first one connects")
            return
        }
        guard case .wait = machine.acquire(2, "b") else {
            Issue.record("the second one waits")
            return
        }
        #expect(machine.abandon(1).mustStop == false)
        #expect(machine.fail(generation: 1) == true)
        #expect(machine.failures == 1)
        #expect(machine.succeed("x", generation: 7) == nil)
        #expect(machine.succeed("x", generation: 1) == ["b"])
        guard case .use("x") = machine.acquire(3, "c") else {
            Issue.record("the connection is used")
            return
        }
        #expect(machine.lose(generation: 1) == true)
        #expect(machine.lose(generation: 1) == false)
        #expect(machine.failures == 2)
        guard case .waitAndConnect(generation: 2) = machine.acquire(4, "d") else {
            Issue.record("it connects again")
            return
        }
        #expect(machine.lose(generation: 1) == false)
        #expect(machine.abandon(4) == ("d", true))
        #expect(machine.succeed("late", generation: 2) == nil)
        #expect(machine.close().wasOpen)
        #expect(!machine.close().wasOpen)
        guard case .refuse = machine.acquire(5, "e") else {
            Issue.record("a closed session refuses")
            return
        }
    }

    @Test func backoffDoublesUpToItsBound() {
        let backoff = PostgresBackoff.standard
        let full = (0...9).map { backoff.delay(afterFailures: $0, chance: 0) }
        let milliseconds = [0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]
        #expect(full == milliseconds.map { .milliseconds($0) })
        #expect(backoff.delay(afterFailures: 1, chance: 0.5) == .milliseconds(75))
        #expect(backoff.delay(afterFailures: .max, chance: 0) == .seconds(5))
    }

    @Test func queueKeepsOrder() {
        var queue = FIFOQueue<Int>()
        var expected: [Int] = []
        var seen: [Int] = []
        for number in 0..<1_000 {
            queue.append(number)
            expected.append(number)
            if number.isMultiple(of: 3), let first = queue.popFirst() { seen.append(first) }
        }
        #expect(queue.count == 1_000 - seen.count)
        #expect(queue.first == seen.count)
        seen += queue.removeAll()
        #expect(seen == expected)
        #expect(queue.isEmpty)
        #expect(queue.popFirst() == nil)
    }

    @Test func sqlStateInReports() {
        let report = """
            connection to server at "h" (1.2.3.4), port 5432 failed: FATAL:  28P01: password authentication failed
            LOCATION:  auth_failed, auth.c:335

            """
        #expect(LibPQText.sqlState(in: report) == .invalidPassword)
        #expect(
            LibPQText.line(report, without: .invalidPassword)
                == #"connection to server at "h" (1.2.3.4), port 5432 failed: FATAL: password authentication failed"#)
        #expect(LibPQText.sqlState(in: "could not connect:  no way: x") == nil)
        #expect(LibPQText.sqlState(in: "short") == nil)
        #expect(LibPQText.line("a\n\tIs the server running?\n") == "a; Is the server running?")
    }

    @Test func timestampsAtTheEnds() {
        for value in [Int64.min, .min + 1, -1, 0, .max - 1, .max] {
            let timestamp = PostgresTimestamp(microsecondsSinceUnixEpoch: value)
            let back = PostgresTimestamp(wireMicroseconds: timestamp.wireMicroseconds)
            #expect(value == .min + 1 ? back != timestamp : back == timestamp)
        }
        #expect(PostgresTimestamp(wireMicroseconds: .max - 1) == nil)
    }

    @Test func preparedVariantsSettle() throws {
        var prepared = PreparedStatements()
        let statement = PostgresStatement(name: "s", sql: "SELECT $1, $2")
        func resolve(_ values: [PostgresValue]) throws -> PreparedStatements.Resolution {
            prepared.resolve(try EncodedCall(PostgresCall(statement, values)))
        }
        guard case .prepare(let first, [.unspecified, .int8]) = try resolve([.null, .int64(1)]),
            case .prepared(first) = try resolve([.null, .null]),
            case .prepare(let second, [.text, .int8]) = try resolve([.text("a"), .null]),
            case .prepared(second) = try resolve([.text("b"), .int64(2)]),
            case .prepared(second) = try resolve([.null, .int64(2)])
        else {
            Issue.record("two variants were expected")
            return
        }
        #expect(first != second)
        prepared.undo(second, of: statement)
        guard case .prepare(let third, _) = try resolve([.text("b"), .int64(2)]) else {
            Issue.record("an undone variant is prepared again")
            return
        }
        #expect(third != second)
        prepared.forget(statement, isGone: true)
        guard case .prepare = try resolve([.null, .null]) else {
            Issue.record("a forgotten statement is prepared again")
            return
        }
    }

    @Test func brokenArraysAreRefused() throws {
        func cell(_ bytes: [UInt8]) -> PostgresCell {
            let storage = ResultStorage(
                columns: [ResultStorage.Column(name: "c", type: .int8Array)], rowCount: 1, affectedRows: 0,
                cells: [ResultStorage.Cell(offset: 0, length: Int32(bytes.count))], bytes: bytes)
            return PostgresCell(storage: storage, offset: 0, count: bytes.count, type: .int8Array, column: 0)
        }
        var good: [UInt8] = []
        let isValue = PostgresValue.int64Array([1, nil, 3]).append(to: &good)
        #expect(isValue)
        #expect(try PostgresCell.array(cell(good), PostgresCell.int64) == [1, nil, 3])
        for length in 0..<good.count {
            #expect(throws: PostgresError.self) {
                try PostgresCell.array(cell(Array(good.prefix(length))), PostgresCell.int64)
            }
        }
        for position in 12..<good.count where position < 16 || position >= 20 {
            var bad = good
            bad[position] ^= 0x40
            // Whatever is wrong in it, it must neither trap nor read beyond the value.
            _ = try? PostgresCell.array(cell(bad), PostgresCell.int64)
        }
        var dimensions = good
        dimensions[3] = 2
        #expect(throws: PostgresError.self) { try PostgresCell.array(cell(dimensions), PostgresCell.int64) }
    }
}
