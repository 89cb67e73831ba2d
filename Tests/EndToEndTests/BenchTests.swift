import AMQPClient
import Foundation
import Glibc
import PerdureJSON
import Testing

extension EndToEnd {
    /// The benchmark measures, checks what it measured, and leaves nothing behind. How fast it is is nobody's promise here.
    @Suite struct Bench {
        private static let limit = Duration.seconds(300)

        private func bench(
            _ stage: Stage, _ arguments: [String], _ more: [String: String] = [:]
        ) async throws -> (outcome: Binary.Outcome, report: JSONValue) {
            let outcome = try await stage.start(["bench"] + arguments + ["--json"], more).outcome(within: Self.limit)
            try #require(outcome.status == 0, "\(outcome.errors) \(outcome.output)")
            return (outcome, try JSONValue(parsing: Array(outcome.output.utf8)))
        }

        @Test func `two steps against the floor, on given servers`() async throws {
            try await Stage.run("bench", migrates: false) { stage in
                let report = try await bench(stage, ["two-step", "--executions", "200"]).report
                #expect(report["sound"] == true)
                #expect(report["machine"]?["cores"]?.intValue ?? 0 > 0)
                let runs = try #require(report["runs"]?.arrayValue)
                #expect(runs.map { $0["name"]?.stringValue } == ["floor", "two-step"])
                for run in runs {
                    #expect(run["executions"] == 200 && run["events"] == 2000 && run["problems"] == [])
                    for key in ["seconds", "executions_per_second", "events_per_second", "commits_per_second"] {
                        #expect(run[key]?.doubleValue ?? 0 > 0, "\(key) in \(run.jsonText)")
                    }
                    let latency = try ["p50", "p90", "p99", "p99_9", "max"].map { key in
                        try #require(run["latency_ms"]?[key]?.doubleValue, "\(run.jsonText)")
                    }
                    #expect(latency == latency.sorted() && latency[0] > 0)
                    let groups = try #require(run["cpu_seconds"]?.objectValue)
                    #expect(groups.keys == ["coordinator", "database", "broker", "load"], "the servers are local")
                }
                #expect(runs[1]["ratio_to_floor"]?.doubleValue ?? 0 > 0)
                #expect(runs[0]["ratio_to_floor"] == nil)

                #expect(
                    try await stage.number("SELECT count(*) FROM executions") == 0, "its rows are its own to remove")
                #expect(try await stage.number("SELECT count(*) FROM execution_events") == 0)
                #expect(try await stage.number("SELECT count(*) FROM event_writers") == 0)
            }
        }

        @Test func `it refuses a database with executions of others, and leaves them alone when told to go on`()
            async throws
        {
            try await Stage.run("bench_in_use") { stage in
                let coordinator = try await stage.serve()
                try await stage.publish([stage.request()])
                try await stage.waitFor(1)
                let busy = try await stage.start(["bench", "floor", "--anyway"]).outcome(within: Self.limit)
                #expect(busy.status == 1 && busy.errors.contains("meddle"), "\(busy.errors)")
                coordinator.send(SIGTERM)
                _ = try await coordinator.outcome()

                let refused = try await stage.start(["bench", "floor"]).outcome(within: Self.limit)
                #expect(refused.status == 1 && refused.errors.contains("--anyway"), "\(refused.errors)")
                let report = try await bench(stage, ["floor", "--executions", "50", "--anyway"]).report
                #expect(report["sound"] == true)
                #expect(try await stage.number("SELECT count(*) FROM executions") == 1)
                #expect(try await stage.number("SELECT count(*) FROM execution_events") == 10)
            }
        }

        @Test func `without servers it starts its own, and takes them away again`() async throws {
            try await Stage.run("bench_private", migrates: false) { stage in
                let report = try await bench(
                    stage, ["latency", "--rate", "20", "--duration", "2", "--steps", "3"],
                    ["DATABASE_URL": "", "AMQP_URL": ""]
                ).report
                #expect(report["sound"] == true, "\(report.jsonText)")
                #expect(report["machine"]?["database"]?.stringValue?.contains("fsync on") == true)
                let names = report["runs"]?.arrayValue?.map { $0["name"]?.stringValue }
                #expect(names == ["floor at rate", "chain of 3 at rate"])
                #expect(report["runs"]?.arrayValue?.last?["events"] == .int(40 * 14))
                let left = try FileManager.default.contentsOfDirectory(atPath: stage.directory + "/.perdure")
                #expect(left.isEmpty, "\(left)")
            }
        }

        @Test func `a killed coordinator costs copies, and nothing else`() async throws {
            try await Stage.run("bench_kill", migrates: false) { stage in
                let report = try await bench(stage, ["kill", "--executions", "300", "--kills", "1"]).report
                let run = try #require(report["runs"]?.arrayValue?.last)
                #expect(run["sound"] == true && run["kills"] == 1, "\(run.jsonText)")
                #expect(run["lost_executions"] == 0 && run["lost_events"] == 0 && run["gaps"] == 0)
            }
        }

        @Test func `an option that means nothing to the scenario is refused`() async throws {
            try await Stage.run("bench_options", migrates: false) { stage in
                let outcome = try await stage.start(["bench", "idle", "--kills", "2"]).outcome()
                #expect(outcome.status != 0 && outcome.errors.contains("--kills means nothing to 'idle'"))
            }
        }
    }
}
