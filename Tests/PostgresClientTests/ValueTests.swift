import Foundation
import PostgresClient
import Testing

/// Every type goes to the server and back; the server also says, as text, what it understood.
@Suite("Values") struct ValueTests {
    private func roundTrip(_ value: PostgresValue, _ type: String) async throws -> PostgresRow {
        try await withConnection { connection in
            let statement = PostgresStatement(
                name: "round_trip", sql: "SELECT $1::\(type) AS v, ($1::\(type))::text AS t")
            return try await connection.query(statement, [value]).only()
        }
    }

    @Test func scalars() async throws {
        #expect(try await roundTrip(.bool(true), "bool").bool("v"))
        #expect(try await !roundTrip(.bool(false), "bool").bool(0))
        for number in [0, 1, -1, Int32.min, Int32.max] {
            let row = try await roundTrip(.int32(number), "int4")
            #expect(try row.int32("v") == number)
            #expect(try row.int64("v") == Int64(number))
            #expect(try row.text("t") == "\(number)")
        }
        for number in [0, -1, Int64.min, Int64.max] {
            let row = try await roundTrip(.int64(number), "int8")
            #expect(try row.int64("v") == number)
            #expect(try row.text("t") == "\(number)")
        }
        for number in [0, -1.5, 1e300, .infinity, .leastNonzeroMagnitude] {
            #expect(try await roundTrip(.double(number), "float8").double("v") == number)
        }
        #expect(try await roundTrip(.double(.nan), "float8").double("v").isNaN)
    }

    @Test func textInAllAlphabets() async throws {
        for text in ["", "a", "Grüße, 世界 🌍", "it's \"quoted\" \\ {1,2}", String(repeating: "é", count: 100_000)] {
            let row = try await roundTrip(.text(text), "text")
            #expect(try row.text("v") == text)
            #expect(try row.text("t") == text)
        }
    }

    @Test func uuidBytesJSONAndTime() async throws {
        let id = UUID()
        let row = try await roundTrip(.uuid(id), "uuid")
        #expect(try row.uuid("v") == id)
        #expect(try row.text("t") == id.uuidString.lowercased())

        let bytes = (0...255).map { UInt8($0) }
        #expect(try await roundTrip(.bytea(bytes), "bytea").bytea("v") == bytes)
        #expect(try await roundTrip(.bytea([]), "bytea").bytea("v") == [])

        let json = try await roundTrip(.jsonbText(#"{"b": [1, "ü"], "a": null}"#), "jsonb")
        #expect(try json.text("v") == #"{"a": null, "b": [1, "ü"]}"#)
        #expect(try json.json("v") == Array(#"{"a": null, "b": [1, "ü"]}"#.utf8))

        let moment = PostgresTimestamp(microsecondsSinceUnixEpoch: 1_700_000_000_123_456)
        let time = try await roundTrip(.timestamp(moment), "timestamptz AT TIME ZONE 'UTC'")
        #expect(try time.timestamp("v") == moment)
        #expect(try time.text("t") == "2023-11-14 22:13:20.123456")
        #expect(try await roundTrip(.timestamp(.infinity), "timestamptz").timestamp("v") == .infinity)
        #expect(try await roundTrip(.timestamp(.negativeInfinity), "timestamptz").text("t") == "-infinity")
        let beforeAll = PostgresTimestamp(microsecondsSinceUnixEpoch: -1)
        #expect(try await roundTrip(.timestamp(beforeAll), "timestamptz").timestamp("v") == beforeAll)
    }

    @Test func megabyteOfJSON() async throws {
        let text = "\"" + String(repeating: "x", count: 1_048_576) + "\""
        #expect(try await roundTrip(.jsonbText(text), "jsonb").json("v") == Array(text.utf8))
    }

    @Test func arraysWithNulls() async throws {
        #expect(try await roundTrip(.boolArray([true, nil, false]), "bool[]").boolArray("v") == [true, nil, false])
        #expect(try await roundTrip(.int32Array([1, nil, .min]), "int4[]").int32Array("v") == [1, nil, .min])
        #expect(try await roundTrip(.int64Array([nil, .max]), "int8[]").int64Array("v") == [nil, .max])
        #expect(try await roundTrip(.doubleArray([0.5, nil]), "float8[]").doubleArray("v") == [0.5, nil])
        let texts: [String?] = ["", nil, "NULL", "a,b{}\"\\", "日本"]
        let row = try await roundTrip(.textArray(texts), "text[]")
        #expect(try row.textArray("v") == texts)
        #expect(try row.text("t") == #"{"",NULL,"NULL","a,b{}\"\\",日本}"#)
        let ids = [UUID(), UUID()]
        #expect(try await roundTrip(.uuidArray(ids), "uuid[]").uuidArray("v") == ids)
        #expect(
            try await roundTrip(.byteaArray([[], nil, [0, 255]]), "bytea[]").byteaArray("v") == [[], nil, [0, 255]])
        let jsons: [[UInt8]?] = [Array("1".utf8), nil, Array("{}".utf8)]
        #expect(try await roundTrip(.jsonbArray(jsons), "jsonb[]").jsonArray("v") == jsons)
        let moments = [PostgresTimestamp(microsecondsSinceUnixEpoch: 7), nil]
        #expect(try await roundTrip(.timestampArray(moments), "timestamptz[]").timestampArray("v") == moments)
    }

    @Test func emptyArrays() async throws {
        #expect(try await roundTrip(.textArray([]), "text[]").textArray("v") == [])
        #expect(try await roundTrip(.uuidArray([]), "uuid[]").text("t") == "{}")
        #expect(try await roundTrip(.int64Array([]), "int8[]").int64Array("v") == [])
    }

    @Test func hundredThousandElements() async throws {
        let numbers = (0..<100_000).map { Int64($0) * 7_919 }
        let texts = (0..<100_000).map { "väl \($0)" }
        try await withConnection { connection in
            let statement = PostgresStatement(
                name: "unnest",
                sql: "SELECT count(*), sum(n), array_agg(t ORDER BY n) FROM unnest($1::int8[], $2::text[]) AS x(n, t)")
            let row = try await connection.query(statement, [.int64Array(numbers), .textArray(texts)]).only()
            #expect(try row.int64(0) == 100_000)
            #expect(try row.int64(1) == numbers.reduce(0, +))
            #expect(try row.textArray(2) == texts)
        }
    }

    @Test func hundredThousandRows() async throws {
        try await withConnection { connection in
            let statement = PostgresStatement(
                name: "series", sql: "SELECT i, 'row ' || i AS t FROM generate_series(1, $1) i")
            let result = try await connection.query(statement, [.int32(100_000)])
            #expect(result.count == 100_000)
            #expect(try result[99_999].text("t") == "row 100000")
            #expect(try result.reduce(0) { try $0 + $1.int64("i") } == 5_000_050_000)
        }
    }

    @Test(arguments: [
        ("0", 0), ("1", 1), ("-1", -1), ("10000", 10_000), ("123456789012345678", 123_456_789_012_345_678),
        ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("5.000", 5),
    ])
    func wholeNumeric(text: String, number: Int64) async throws {
        let row = try await withConnection { try await $0.query(numeric(text)).only() }
        #expect(try row.int64("v") == number)
        #expect(try row.double("v") == Double(number))
    }

    @Test(arguments: [("0.5", 0.5), ("-123456.789", -123_456.789), ("0.0001", 0.0001), ("1e20", 1e20)])
    func fractionalNumeric(text: String, number: Double) async throws {
        let row = try await withConnection { try await $0.query(numeric(text)).only() }
        #expect(try row.double("v") == number)
        #expect(throws: PostgresError.self) { try row.int64("v") }
    }

    private func numeric(_ text: String) -> PostgresStatement {
        PostgresStatement(name: "numeric", sql: "SELECT \(text)::numeric AS v")
    }

    @Test func otherServerTypes() async throws {
        try await withConnection { connection in
            let statement = PostgresStatement(
                name: "types",
                sql: """
                    SELECT 7::int2 AS small, 1.5::float4 AS float, 'x'::varchar AS var, 'n'::name AS name,
                      '{"a":1}'::json AS json, 'c'::"char" AS c, extract(epoch FROM '1970-01-02'::timestamptz) AS e,
                      12::oid AS oid, '2023-11-14 22:13:20'::timestamp AS local, '5'::xid8 AS x
                    """)
            let row = try await connection.query(statement).only()
            #expect(try row.int64("small") == 7)
            #expect(try row.int32("small") == 7)
            #expect(try row.double("float") == 1.5)
            #expect(try row.text("var") == "x")
            #expect(try row.text("name") == "n")
            #expect(try row.json("json") == Array(#"{"a":1}"#.utf8))
            #expect(try row.text("c") == "c")
            #expect(try row.int64("oid") == 12)
            #expect(try row.int64("x") == 5)
            #expect(try row.timestamp("local").microsecondsSinceUnixEpoch == 1_700_000_000_000_000)
            #expect(try row.double("e").truncatingRemainder(dividingBy: 3_600) == 0)
        }
    }

    @Test func wrongTypesNullsAndColumnsAreNamed() async throws {
        try await withConnection { connection in
            let statement = PostgresStatement(name: "wrong", sql: "SELECT 'a'::text AS word, NULL::int8 AS nothing")
            let row = try await connection.query(statement).only()
            func failure(_ body: () throws -> Void) async throws -> PostgresError { try await postgresError(body) }
            let type = try await failure { _ = try row.int64("word") }
            #expect(type.code == .decoding)
            #expect(type.message.contains("\"word\""))
            let null = try await failure { _ = try row.int64("nothing") }
            #expect(null.code == .decoding)
            #expect(null.message.contains("nothing"))
            let column = try await failure { _ = try row.int64("missing") }
            #expect(column.message.contains("missing"))
            #expect(column.message.contains("word, nothing"))
            #expect(try await failure { _ = try row.int64(2) }.code == .decoding)
            #expect(try await failure { _ = try row.uuidArray("word") }.code == .decoding)
            #expect(try row.optionalInt64("nothing") == nil)
            #expect(try row.isNull("nothing"))
            #expect(try !row.isNull("word"))
            #expect(try row.optionalText("word") == "a")
        }
    }

    @Test func nullFirstAndValueLater() async throws {
        try await withConnection { connection in
            let statement = PostgresStatement(
                name: "nulls", sql: "SELECT coalesce($1, 'none') AS a, coalesce($2::int8, -1) AS b")
            let calls: [[PostgresValue]] = [
                [.null, .null], [.text("x"), .null], [.null, .int64(5)], [.text("y"), .int64(6)],
            ]
            var seen: [String] = []
            for parameters in calls {
                let row = try await connection.query(statement, parameters).only()
                seen.append("\(try row.text("a"))\(try row.int64("b"))")
            }
            #expect(seen == ["none-1", "x-1", "none5", "y6"])
            let rows = try await connection.queryText("SELECT count(*) FROM pg_prepared_statements")
            #expect(try #require(rows.rows[0][0].flatMap { Int($0) }) <= 3)
        }
    }
}
