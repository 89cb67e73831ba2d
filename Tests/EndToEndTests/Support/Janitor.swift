import Foundation
import Glibc
import LocalServers

/// The servers that all tests share, and who cleans up after them.
///
/// Swift Testing has no hook at the end of a run, and a run may be killed. So a shell waits for the end of a pipe that only this
/// process holds open: whatever ends the process, the shell then kills what was started and removes the folder.
actor Janitor {
    static let shared = Janitor()

    private static let folder = "/tmp/perdure-e2e-\(getpid())"
    private var starting: Task<LocalServers, any Error>?
    private let leash = Pipe()

    /// The servers, started by whoever asks first.
    static func servers() async throws -> LocalServers {
        try await shared.start()
    }

    /// A fresh folder for a test.
    static func directory(_ name: String) async throws -> String {
        try await shared.hold()
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Has a process killed when this one ends.
    static func watch(_ pid: Int32) {
        let file = open("\(folder)/pids", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let line = "\(pid)\n"
        _ = line.withCString { write(file, $0, strlen($0)) }
        close(file)
    }

    private var isHeld = false

    private func hold() throws {
        guard !isHeld else { return }
        isHeld = true
        try FileManager.default.createDirectory(atPath: Self.folder, withIntermediateDirectories: true)
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        // A number in the list may belong to another program by now, so only processes of our binary are killed.
        let script = """
            trap '' INT TERM HUP
            cat >/dev/null
            while read pid; do
                [ "$(readlink /proc/$pid/exe)" = "$2" ] && kill -9 $pid
            done < "$1/pids"
            for lock in "$1"/*/servers.lock "$1"/*/.perdure/servers.lock; do
                [ -e "$lock" ] && flock -w 30 "$lock" true
            done
            rm -rf "$1"
            """
        shell.arguments = ["-c", script, "sh", Self.folder, Binary.path]
        shell.standardInput = leash.fileHandleForReading
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        // Children of ours must not hold the leash.
        _ = fcntl(leash.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }

    private func start() async throws -> LocalServers {
        try hold()
        if let starting { return try await starting.value }
        let task = Task {
            try await LocalServers.start(
                LocalServersConfiguration(
                    directory: "\(Self.folder)/servers", brokerPlugins: [], startTimeout: .seconds(120)))
        }
        starting = task
        return try await task.value
    }
}
