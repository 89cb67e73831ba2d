import Foundation
import Glibc
import Synchronization
import TestSupport

/// A process of the binary under test, with its output in files.
final class Binary: Sendable {
    /// What a process left behind.
    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let errors: String

        /// Lines on standard error.
        var errorLines: [Substring] { errors.split(separator: "\n") }
    }

    /// `perdure`, beside the test bundle.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
        let bundle = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let beside = URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/perdure"
        return FileManager.default.isExecutableFile(atPath: beside) ? beside : packageFolder + "/.build/debug/perdure"
    }()

    /// The folder of the package.
    static let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    let pid: Int32
    private let outputPath: String
    private let errorPath: String

    /// Starts the binary with nothing in its environment but what is given.
    init(_ arguments: [String], environment: [String: String], directory: String) throws {
        let name = "\(directory)/process-\(UUID().uuidString)"
        outputPath = name + ".out"
        errorPath = name + ".err"
        for path in [outputPath, errorPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let basic = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": directory]
        process.environment = basic.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let files = [FileHandle(forWritingAtPath: outputPath), FileHandle(forWritingAtPath: errorPath)]
        process.standardOutput = files[0]
        process.standardError = files[1]
        // The process has its own by then; these would stay open to the end of all tests.
        defer { for file in files { try? file?.close() } }
        let exit = Exit()
        process.terminationHandler = { ended in
            let isSignal = ended.terminationReason == .uncaughtSignal
            exit.status.withLock { $0 = isSignal ? 128 + ended.terminationStatus : ended.terminationStatus }
        }
        try process.run()
        pid = process.processIdentifier
        self.exit = exit
        try Janitor.watch(pid)
    }

    private final class Exit: Sendable {
        let status = Mutex<Int32?>(nil)
    }

    private let exit: Exit

    /// The exit status, 128 more than the signal's number for one that was killed; nil while it runs.
    var exitStatus: Int32? { exit.status.withLock { $0 } }
    var output: String { Self.text(outputPath) }
    var errors: String { Self.text(errorPath) }

    func send(_ signal: Int32) {
        if exitStatus == nil { kill(pid, signal) }
    }

    /// Waits for the end.
    func outcome(within limit: Duration = Patience.limit) async throws -> Outcome {
        let deadline = ContinuousClock.now + limit
        while true {
            if let status = exitStatus { return Outcome(status: status, output: output, errors: errors) }
            guard ContinuousClock.now < deadline else {
                kill(pid, SIGKILL)
                throw Timeout(description: "the process did not end within \(limit); it wrote: \(errors.suffix(600))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits until it has written this on standard error; a process that has ended without it is not waited for.
    func waitForLog(_ text: String) async throws {
        var hasEnded = false
        try await eventually("'\(text)' in the log: \(errors.suffix(600))") {
            // Asked before the log is read, which then is whole.
            hasEnded = exitStatus != nil
            return errors.contains(text) || hasEnded
        }
        guard errors.contains(text) else {
            throw Timeout(description: "the process ended without '\(text)' in its log: \(errors.suffix(600))")
        }
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}
