import Foundation
import Glibc

/// A folder for one run of the tests, which goes with the process.
///
/// Swift Testing has no hook at the end of a run, and a run may be killed. So a shell waits for the end of a pipe that only this
/// process holds open: whatever ends the process, the shell then kills what was started, waits for the servers in the folder
/// (LocalServers stops them) and removes it.
public final class RunFolder: Sendable {
    /// The folder's path.
    public let path: String
    private let leash: FileHandle

    /// Arguments: the folder, and the program of the processes that may be killed. A number in the list may belong to another
    /// program by now.
    private static let script = """
        trap '' INT TERM HUP
        cat >/dev/null
        [ -e "$1/pids" ] && while read pid; do
            [ "$(readlink /proc/$pid/exe)" = "$2" ] && kill -9 $pid
        done < "$1/pids"
        for lock in "$1"/*/servers.lock "$1"/*/.perdure/servers.lock; do
            [ -e "$lock" ] && flock -w 30 "$lock" true
        done
        rm -rf "$1"
        """

    /// Makes the folder.
    ///
    /// - Parameters:
    ///   - name: Tells the folders of one process apart.
    ///   - program: The path of the only program that ``kill(atEnd:)`` is for.
    public init(_ name: String, program: String = "") throws {
        path = "/tmp/perdure-\(name)-\(getpid())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let pipe = Pipe()
        // Children of ours must not hold the leash; the shell gets the other end.
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        leash = pipe.fileHandleForWriting
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", Self.script, "sh", path, program]
        shell.standardInput = pipe.fileHandleForReading
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
    }

    /// Has a process killed when this one ends.
    public func kill(atEnd pid: Int32) {
        let file = open("\(path)/pids", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let line = "\(pid)\n"
        _ = line.withCString { write(file, $0, strlen($0)) }
        close(file)
    }
}
