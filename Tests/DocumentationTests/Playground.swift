import Foundation
import Glibc
import LocalServers
import Synchronization
import TestSupport
import Testing

/// What a reader has after `perdure dev`: servers with the management page, a coordinator, the three addresses.
final class Playground: Sendable {
    /// What a command left behind.
    struct Outcome {
        let status: Int32
        let output: String
    }

    /// The folder of the binaries, which the build puts beside the tests.
    private static let binaries: String = {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = URL(fileURLWithPath: program).deletingLastPathComponent().path
        let isThere = FileManager.default.isExecutableFile(atPath: "\(beside)/perdure")
        return isThere ? beside : "\(Page.folder)/.build/debug"
    }()

    let directory: String
    private let servers: LocalServers
    private let running = Mutex<[Process]>([])

    /// Runs a test in a playground of its own and clears it away.
    static func run(_ test: (Playground) async throws -> Void) async throws {
        let playground = try await Playground()
        do {
            _ = try await playground.sh("perdure migrate")
            let coordinator = try playground.start("perdure serve")
            try await coordinator.waitUntilItTakesRequests()
            try await test(playground)
        } catch {
            await playground.clear()
            throw error
        }
        await playground.clear()
    }

    private init() async throws {
        directory = "/tmp/perdure-documentation-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(directory)/config", withDestinationPath: "\(Page.folder)/config")
        servers = try await LocalServers.start(
            LocalServersConfiguration(directory: "\(directory)/servers"))
    }

    private func clear() async {
        for process in running.withLock({ $0 }) where process.isRunning { kill(process.processIdentifier, SIGKILL) }
        await servers.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private var environment: [String: String] {
        [
            "PATH": "\(Self.binaries):/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin", "HOME": directory,
            "PYTHONIOENCODING": "utf-8", "DATABASE_URL": servers.databaseURL ?? "", "AMQP_URL": servers.amqpURL ?? "",
            "MANAGEMENT_URL": servers.managementURL ?? "",
        ]
    }

    /// A command that runs in the background.
    struct Job {
        let process: Process
        let outputPath: String

        var output: String {
            String(decoding: FileManager.default.contents(atPath: outputPath) ?? Data(), as: UTF8.self)
        }

        /// Waits until the output holds a text.
        func wait(for text: String) async throws {
            try await eventually("'\(text)' in: \(output)") { output.contains(text) }
        }

        /// Waits until a coordinator has declared its queues and reads them, which it does beside getting ready.
        func waitUntilItTakesRequests() async throws {
            try await wait(for: "the coordinator is ready")
            try await wait(for: "(requests)")
            try await wait(for: "(control)")
        }

        /// Waits for the end.
        func outcome() async throws -> Outcome {
            try await eventually("the end of a command that wrote: \(output)") { !process.isRunning }
            return Outcome(status: process.terminationStatus, output: output)
        }
    }

    /// Starts a shell on a text; its output and errors go to one file.
    func start(_ script: String, with more: [String: String] = [:]) throws -> Job {
        let path = "\(directory)/output-\(UInt32.random(in: 0 ... .max))"
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.environment = environment.merging(more) { $1 }
        process.standardInput = FileHandle.nullDevice
        let output = FileHandle(forWritingAtPath: path)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        running.withLock { $0.append(process) }
        return Job(process: process, outputPath: path)
    }

    /// Runs a shell on a text, to its end.
    func sh(_ script: String, with more: [String: String] = [:]) async throws -> Outcome {
        try await start(script, with: more).outcome()
    }

    /// Starts the system's Python on a text; the one that has Debian's pika.
    func python(_ text: String, with more: [String: String] = [:]) throws -> Job {
        let file = "\(directory)/snippet-\(UInt32.random(in: 0 ... .max)).py"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return try start("exec /usr/bin/python3 \(file)", with: more)
    }

    /// One value out of the tables.
    func value(_ sql: String) async throws -> String { try await servers.psql(sql) }

    /// The requests that the broker still holds, those delivered and not acknowledged among them.
    func openRequests() async throws -> Int {
        let queues = try await servers.rabbitmqctl(["-q", "list_queues", "name", "messages"])
        let line = queues.split(separator: "\n").first { $0.hasPrefix("workflow.requests\t") }
        return try #require(line?.split(separator: "\t").last.flatMap { Int($0) }, "\(queues)")
    }
}
