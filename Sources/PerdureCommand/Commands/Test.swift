import ArgumentParser
import Foundation
import PerdureJSON
import WorkflowCore

struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run definitions against files of cases, with no broker and no database.",
        discussion: "Agents are stubbed and time is virtual. Exit status 0 only when all cases pass."
    )

    @OptionGroup var options: SettingsOptions

    @Argument(help: "Files of cases; every *.test.yaml in and below the folder of definitions unless given.")
    var files: [String] = []

    @Flag(help: "Print each case as JSON, one a line.")
    var json = false

    func run() throws {
        let files = try files.isEmpty ? CaseFiles.all(below: try options.settings()[.workflowsDirectory]) : files
        guard !files.isEmpty else { throw CommandFailure("There are no cases; write a file that ends in .test.yaml.") }
        let agents = PerdureProgram.agents.names
        var (passed, failed, unusable) = (0, 0, 0)
        let clock = ContinuousClock()
        let begin = clock.now
        for file in files {
            do {
                let result = try CaseFiles.run(file, agents: agents)
                show(result)
                passed += result.reports.count { $0.hasPassed }
                failed += result.reports.count { !$0.hasPassed }
            } catch let errors as DefinitionErrors {
                unusable += 1
                for error in errors.errors { complain("\(error)") }
            } catch let failure as CommandFailure {
                unusable += 1
                complain(failure.description)
            }
        }
        if !json {
            let (seconds, attoseconds) = (clock.now - begin).components
            let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
            let broken = unusable == 0 ? "" : ", \(unusable) \(unusable == 1 ? "file" : "files") with errors"
            print("\(passed) passed, \(failed) failed\(broken) in \(microseconds.asDuration)")
        }
        if failed + unusable > 0 { throw ExitCode.failure }
    }

    private func complain(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

    private func show(_ result: CaseFiles.Result) {
        if json {
            for report in result.reports { print(Self.json(report, file: result.file).jsonText) }
            return
        }
        print(result.file)
        for report in result.reports {
            guard !report.hasPassed else {
                print("  passed  \(report.name)")
                continue
            }
            print("  FAILED  \(report.name) (line \(report.line))")
            for problem in report.problems {
                if let expected = problem.expected, let found = problem.found {
                    print("          \(problem.what): expected \(expected), found \(found)")
                } else {
                    print("          \(problem.what)")
                }
                for line in problem.comparison { print("            \(line)") }
            }
        }
    }

    private static func json(_ report: CaseReport, file: String) -> JSONValue {
        let problems = report.problems.map { problem -> JSONValue in
            var object: JSONObject = ["what": .string(problem.what)]
            object["expected"] = problem.expected.map { .string($0) }
            object["found"] = problem.found.map { .string($0) }
            if !problem.comparison.isEmpty {
                object["comparison"] = .array(problem.comparison.map { .string($0) })
            }
            return .object(object)
        }
        return [
            "file": .string(file), "case": .string(report.name), "line": .int(Int64(report.line)),
            "passed": .bool(report.hasPassed), "problems": .array(problems),
        ]
    }
}
