import Foundation
import Synchronization

/// A process that does the work of a run: a coordinator of this program, or the floor.
///
/// It ends when its standard input does, so it outlives neither `stop()` nor the death of this process.
final class WorkerProcess: Sendable {
    /// How long an orderly end may take.
    private static let stopLimit = Duration.seconds(30)
    /// Lines of its log that an error quotes.
    private static let quotedLines = 15

    let pid: Int32
    private let logPath: String
    /// Held for its end: closing it tells the process to stop.
    private let leash: FileHandle
    private let status: StatusBox

    /// Starts this program with other arguments.
    ///
    /// - Parameters:
    ///   - environment: Beside what this process has; the place for URLs, which hold passwords and do not belong into
    ///     a command line that everybody can read.
    ///   - logPath: The file that its standard output and error are appended to.
    init(arguments: [String], environment: [String: String], logPath: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let descriptor = open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw BenchmarkError(.systemCall, "Cannot write \(logPath); choose another directory.")
        }
        let log = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        process.standardOutput = log
        process.standardError = log
        let input = Pipe()
        // The other workers must not inherit this end, or this one would outlive its owner.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = input
        let status = StatusBox()
        process.terminationHandler = { status.set($0.terminationStatus) }
        try process.run()
        pid = process.processIdentifier
        self.logPath = logPath
        leash = input.fileHandleForWriting
        self.status = status
    }

    /// The exit status once it has ended.
    var exitStatus: Int32? { status.value }

    /// Its processor time and memory.
    var group: ProcessGroup { ProcessGroup(root: pid) }

    /// The last lines that it has written.
    var logTail: String {
        (ProcFile.text(logPath) ?? "").split(separator: "\n").suffix(Self.quotedLines).joined(separator: "\n")
    }

    /// Ends it as a crash would.
    func kill() {
        Glibc.kill(pid, SIGKILL)
    }

    /// Lets it end in order and waits for that.
    func stop() async {
        try? leash.close()
        let deadline = ContinuousClock.now + Self.stopLimit
        while exitStatus == nil, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
        if exitStatus == nil { kill() }
        while exitStatus == nil { try? await Task.sleep(for: .milliseconds(10)) }
    }
}

/// How a process ended, told by whoever waits for it.
private final class StatusBox: Sendable {
    private let status = Mutex<Int32?>(nil)

    var value: Int32? { status.withLock { $0 } }

    func set(_ value: Int32) { status.withLock { $0 = value } }
}
