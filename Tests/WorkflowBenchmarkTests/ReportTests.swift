import PerdureJSON
import Testing

@testable import WorkflowBenchmark

@Suite struct ReportTests {
    private let machine = MachineDescription(
        processor: "a processor", cores: 2, memoryGigabytes: 24, kernel: "6.1", database: "PostgreSQL 15, fsync on",
        isOptimised: true)

    private func run(_ name: String, executions: Int, seconds: Double) -> RunFigures {
        var run = RunFigures(name: name)
        run.executions = executions
        run.events = executions * 10
        run.seconds = seconds
        return run
    }

    @Test func `numbers are rounded, not cut`() {
        #expect(BenchmarkReport.decimal(1234.5, 0) == "1235")
        #expect(BenchmarkReport.decimal(0.996, 2) == "1.00")
        #expect(BenchmarkReport.decimal(0.05, 1) == "0.1")
        #expect(BenchmarkReport.decimal(12.04, 2) == "12.04")
        #expect(BenchmarkReport.decimal(-0.5, 1) == "-0.5")
        #expect(BenchmarkReport.decimal(-0.001, 1) == "0.0")
        #expect(BenchmarkReport.decimal(.nan, 1) == "-")
    }

    @Test func `a run is compared with the floor by executions and by events`() {
        var chain = run("chain", executions: 500, seconds: 1)
        chain.events = 19_000
        chain.compare(to: run("floor", executions: 2000, seconds: 1))
        #expect(chain.ratioToFloor == 0.25)
        #expect(chain.eventsRatioToFloor == 0.95)
    }

    @Test func `every row has every column, and what was not measured is a dash`() {
        var report = BenchmarkReport(machine: machine)
        var measured = run("two-step", executions: 3000, seconds: 2)
        measured.commits = 90
        measured.rowsPerExecution = 22
        measured.latency = RunFigures.Latency(LatencySamples(nanoseconds: [1_000_000, 2_500_000]))
        measured.processorSeconds = ["coordinator": 0.5, "broker": 1.5]
        measured.compare(to: run("floor", executions: 2000, seconds: 1))
        report.runs = [measured, RunFigures(name: "idle")]
        #expect(report.rows.allSatisfy { $0.count == BenchmarkReport.header.count })
        #expect(
            report.rows[0] == [
                "two-step", "1500", "0.75", "15000", "0.75", "45", "33000", "1.0", "2.5", "2.5", "2.5", "0.25", "-",
                "0.75", "-", "ok",
            ])
        #expect(report.rows[1][7...].contains("-"))
    }

    @Test func `a run that is wrong says so everywhere`() {
        var report = BenchmarkReport(machine: machine)
        var bad = run("two-step", executions: 10, seconds: 1)
        bad.problems = ["9 executions are there."]
        bad.more = [("kills", 2)]
        report.runs = [bad]
        #expect(!report.isSound)
        #expect(report.rows[0].last == "FAILED")
        #expect(report.notes == ["two-step: kills 2", "two-step: WRONG: 9 executions are there."])
        #expect(report.json["sound"] == false)
        #expect(report.json["runs"]?.arrayValue?.first?["problems"]?.arrayValue == ["9 executions are there."])
        #expect(report.json["runs"]?.arrayValue?.first?["kills"] == 2.0)
        #expect(report.json["machine"]?["cores"] == 2)
    }

    @Test func `a build without optimisation says that its figures mean nothing`() {
        let debugging = MachineDescription(
            processor: "p", cores: 1, memoryGigabytes: 1, kernel: "k", database: "d", isOptimised: false)
        #expect(debugging.line.contains("debugging build"))
        #expect(!machine.line.contains("debugging build"))
    }
}
