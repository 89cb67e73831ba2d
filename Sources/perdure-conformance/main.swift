import ArgumentParser
import Foundation
import LanguageConformance

/// Holds the languages of definitions to their public suites, and counts.
struct ConformanceProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perdure-conformance",
        abstract: "Run the conformance cases of CEL and of JSON Schema.",
        discussion: "A case that fails is a result, so the status is 0 whenever the folders could be read.")

    @Option(help: ArgumentHelp("The folder with the cases of CEL.", valueName: "folder"))
    var cel: String?

    @Option(help: ArgumentHelp("The folder with the cases of JSON Schema.", valueName: "folder"))
    var schema: String?

    @Flag(help: "Name each skipped case with its reason, too.")
    var skipped = false

    func validate() throws {
        guard cel != nil || schema != nil else {
            throw ValidationError("Name a folder with --cel, --schema or both.")
        }
    }

    func run() throws {
        let paths: [(suite: ConformanceSuite, path: String?)] = [(.cel, cel), (.schema, schema)]
        // Both are opened before either is run: a slip in the second name shows at once.
        let folders = try paths.compactMap { suite, path in
            try path.map { (suite: suite, folder: try ConformanceFolder($0)) }
        }
        var totals: [String] = []
        for (suite, folder) in folders {
            var total = ConformanceReport()
            for (file, report) in suite.run(folder) {
                show(report, of: "\(suite.rawValue)/\(file)")
                total.add(report)
            }
            totals.append("\(suite.rawValue): \(total.counts)")
        }
        for line in totals { print(line) }
    }

    private func show(_ report: ConformanceReport, of file: String) {
        print("\(file): \(report.counts)")
        for entry in report.failed { print("  failed: \(entry)") }
        if skipped {
            for entry in report.skipped { print("  skipped: \(entry)") }
            return
        }
        let reasons = Dictionary(report.skipped.map { ($0.reason, 1) }, uniquingKeysWith: +)
        for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) { print("  \(count) skipped: \(reason)") }
    }
}

ConformanceProgram.main()
