import ArgumentParser
import Foundation
import WorkflowTestKit

/// Runs simulations from many seeds, and one again that failed.
struct SimulatorProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perdure-sim", abstract: "Run coordinators in made-up worlds and check what they do.")

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "How many seeds, one after the other.")
    var count: UInt64 = 1000

    @Option(help: "Lines of the trace to print of a failure.")
    var lines = 60

    @Option(help: "Failures after which to stop.")
    var failures = 1

    @Flag(help: "Print each line of the trace as it happens.")
    var verbose = false

    @Option(help: "A fault to put into the tables: \(Sabotage.allCases.map(\.rawValue).joined(separator: ", ")).")
    var sabotage: [String] = []

    func run() throws {
        let faults = try sabotage.map { name in
            guard let fault = Sabotage(rawValue: name) else { throw ValidationError("There is no fault '\(name)'.") }
            return fault
        }
        let start = ContinuousClock().now
        var total = SimulationCounts()
        var failed: [UInt64] = []
        var seconds = 0
        for number in seed..<(seed + count) {
            let outcome = Simulation(seed: number, sabotage: Set(faults), isVerbose: verbose).run()
            total += outcome.counts
            seconds += outcome.virtualSeconds
            guard outcome.failure != nil else { continue }
            // At once, also where the output goes to a file.
            FileHandle.standardOutput.write(Data((outcome.report(lines: lines) + "\n").utf8))
            failed.append(number)
            if failed.count >= failures { break }
        }
        let time = start.duration(to: ContinuousClock().now)
        print(
            "\(failed.count) failed of seeds \(seed) to \(seed + count - 1), in \(time), \(seconds) s inside: \(total)")
        if !failed.isEmpty {
            print("failed: \(failed.map(String.init).joined(separator: " "))")
            throw ExitCode.failure
        }
    }
}

SimulatorProgram.main()
