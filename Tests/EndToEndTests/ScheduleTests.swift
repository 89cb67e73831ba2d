import Foundation
import Glibc
import PerdureJSON
import TestSupport
import Testing

extension EndToEnd {
    /// Workflows that the clock starts, over real servers. Ticks are missed by setting back how far the schedules have come.
    @Suite struct Schedules {
        /// Three workflows, each due once an hour, half an hour away from now: no tick comes while the test runs.
        private static func files(
            minute: Int, version: Int = 1, only names: [String] = ["all", "latest", "skip"]
        )
            -> [String: String]
        {
            var files: [String: String] = [:]
            for name in ["all", "latest", "skip"] {
                let schedule =
                    "schedule: { cron: \"\(minute) * * * *\", missed: \(name), input: { tick: \"${ string(tick.time) }\" } }"
                files["\(name).yaml"] = """
                    workflow: \(name)
                    version: \(version)
                    \(names.contains(name) ? schedule : "")
                    steps: { a: { set: "${ metadata.?schedule.tick.orValue('none') }" } }
                    """
            }
            return files
        }

        /// Its input was right at the beginning of 2026 and never since.
        private static func outdated(minute: Int) -> String {
            """
            workflow: outdated
            input: { type: object, properties: { tick: { type: string, pattern: "^2026-01-01T0" } } }
            schedule: { cron: "\(minute) * * * *", input: { tick: "${ string(tick.time) }" } }
            steps: { a: { set: 1 } }
            """
        }

        private static let awayMinute = (Int(Date().timeIntervalSince1970) / 60 + 30) % 60

        private func ticks(_ workflow: String, _ stage: Stage) async throws -> [String?] {
            try await stage.sql(
                "SELECT input_payload ->> 'tick' FROM executions WHERE workflow_id = '\(workflow)' ORDER BY created_at, 1"
            ).map { $0[0] }
        }

        private func setBack(_ stage: Stage) async throws {
            _ = try await stage.sql("UPDATE workflow_schedules SET last_tick_at = last_tick_at - interval '5 hours'")
        }

        /// Every schedule has come as far as the last tick, but for the one that passes ticks over without starting any.
        private func waitUntilMadeUpFor(_ stage: Stage) async throws {
            try await eventually("all ticks are made up for") {
                try await stage.number(
                    "SELECT count(*) FROM workflow_schedules WHERE last_tick_at > now() - interval '1 hour' AND workflow_id <> 'skip'"
                ) == 3
            }
        }

        @Test func `missed ticks are started once though coordinators compete and die`() async throws {
            try await Stage.run("schedules") { stage in
                var files = Self.files(minute: Self.awayMinute)
                files["outdated.yaml"] = Self.outdated(minute: Self.awayMinute)
                let folder = try stage.workflows(files)
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder, "PERDURE_COORDINATOR_LEASE": "2s"]
                let rows =
                    "SELECT count(*) FROM workflow_schedules WHERE time_zone = 'UTC' AND last_tick_at <= now() "
                    + "AND next_tick_at BETWEEN now() AND now() + interval '1 hour' AND cron LIKE '% * * * *'"
                let first = try await stage.serve(settings)
                try await eventually("the schedules are known") { try await stage.number(rows) == 4 }
                #expect(try await stage.number("SELECT count(*) FROM executions") == 0, "nothing is back-filled")
                first.send(SIGKILL)
                try await setBack(stage)

                async let second = stage.serve(settings)
                async let third = stage.serve(settings)
                let running = try await [second, third]
                try await waitUntilMadeUpFor(stage)
                try await eventually("they end") {
                    try await stage.number("SELECT count(*) FROM executions WHERE status = 'SUCCESS'") == 6
                }
                let all = try await ticks("all", stage)
                #expect(all.count == 5 && all == all.sorted { ($0 ?? "") < ($1 ?? "") } && Set(all).count == 5)
                #expect(try await ticks("latest", stage) == [all.last])
                #expect(try await ticks("skip", stage) == [])
                // A tick that cannot be started is passed over, and told of.
                #expect(try await ticks("outdated", stage) == [])
                try await eventually("somebody tells of it") {
                    running.contains { $0.errors.contains("could not be started and is passed over") }
                }
                #expect(
                    try await stage.sql(
                        """
                        SELECT count(*), count(DISTINCT idempotency_key) FROM executions
                        WHERE idempotency_key = 'perdure:schedule/' || workflow_id || '/' || (input_payload ->> 'tick')
                          AND output_payload ->> 'a' = input_payload ->> 'tick'
                          AND metadata -> 'schedule' ->> 'time_zone' = 'UTC'
                        """) == [["6", "6"]])

                // Nobody knows any more how far they had come, and what was started is not started again.
                for process in running { process.send(SIGKILL) }
                try await setBack(stage)
                let fourth = try await stage.serve(settings)
                try await waitUntilMadeUpFor(stage)
                #expect(try await stage.number("SELECT count(*) FROM executions") == 6)

                // Another expression makes up for nothing, and what has no schedule any more is forgotten; also in a
                // coordinator that runs.
                try await setBack(stage)
                let changed = Self.files(minute: (Self.awayMinute + 5) % 60, version: 2, only: ["all", "skip"])
                for (name, text) in changed {
                    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
                }
                fourth.send(SIGHUP)
                try await eventually("the new schedules are known") {
                    try await stage.sql(
                        "SELECT workflow_id, last_tick_at > now() - interval '5 minutes' FROM workflow_schedules WHERE workflow_id <> 'outdated' ORDER BY 1"
                    ) == [["all", "t"], ["skip", "t"]]
                }
                #expect(try await stage.number("SELECT count(*) FROM executions") == 6)
            }
        }

        @Test func `a tick comes by the clock and is started once by two coordinators`() async throws {
            try await Stage.run("minute") { stage in
                let folder = try stage.workflows([
                    "minute.yaml": """
                    workflow: minute
                    schedule: { cron: "* * * * *", time_zone: Europe/Berlin, input: { at: "${ tick.local }" } }
                    steps: { a: { set: "${ input.at }" } }
                    """
                ])
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder]
                _ = try await stage.serve(settings)
                _ = try await stage.serve(settings)
                let listed = try await stage.perdure("workflows", "list", "--json", with: settings)
                #expect(listed.output.contains(#""next_tick_at":"20"#), "\(listed.output)")
                try await stage.waitFor(1)
                try await eventually("it is told to the table") {
                    try await stage.number(
                        """
                        SELECT count(*) FROM workflow_schedules s JOIN executions e ON
                        e.idempotency_key = 'perdure:schedule/minute/' || to_char(s.last_tick_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                        WHERE s.next_tick_at = s.last_tick_at + interval '1 minute'
                        """) == 1
                }
                #expect(
                    try await stage.number("SELECT count(*) - count(DISTINCT input_payload) FROM executions") == 0)
            }
        }

        @Test func `a definition with a time zone that is not there is refused with what to install`() async throws {
            try await Stage.run("zones") { stage in
                let folder = try stage.workflows([
                    "a.yaml": """
                    workflow: a
                    schedule: { cron: "@daily", time_zone: Berlin }
                    steps: { a: { set: 1 } }
                    """
                ])
                let settings = ["PERDURE_WORKFLOWS_DIRECTORY": folder]
                let unknown = try await stage.perdure("workflows", "validate", with: settings)
                #expect(unknown.status == 1 && unknown.errors.contains("Did you mean 'Europe/Berlin'?"), "\(unknown)")
                let missing = try await stage.perdure(
                    "workflows", "validate", with: settings.merging(["TZDIR": "/nowhere"]) { $1 })
                #expect(missing.status == 1 && missing.errors.contains("install the package tzdata"), "\(missing)")
            }
        }
    }
}
