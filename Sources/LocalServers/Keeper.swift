import Foundation
import Glibc
import Synchronization

/// One server process and the small shell that stops it when this process stops or dies in any way.
///
/// The shell runs in a session of its own, so a Ctrl-C in the terminal does not reach the server. Its standard input
/// is a pipe whose other end only this process holds: when that closes, by `stop` or because the process is gone,
/// the shell's watcher stops the server in order, and kills it after the grace.
final class Keeper: Sendable {
    /// Arguments: pid file, stop signal, grace in tenths of a second, companion program or "", the server's command.
    /// The watcher is a process apart: it does its work even where the shell that waits was killed. Descriptor 9 is
    /// the keepers' lock, which the server itself must not hold.
    private static let script = """
        pid_file=$1 signal=$2 grace=$3 companion=$4
        shift 4
        exec 3<&0 </dev/null
        mate=
        if [ -n "$companion" ]; then "$companion" 3<&- 9>&- & mate=$!; fi
        "$@" 3<&- 9>&- &
        server=$!
        echo $server >"$pid_file"
        (
            read -r _ <&3
            kill -s CONT $server
            kill -s $signal $server
            while [ $grace -gt 0 ] && kill -0 $server; do sleep 0.1; grace=$((grace - 1)); done
            kill -s KILL $server
            [ -n "$mate" ] && kill $mate
        ) 2>/dev/null &
        watcher=$!
        wait $server
        status=$?
        kill $watcher $mate 2>/dev/null
        wait
        rm -f "$pid_file"
        exit $status
        """

    /// How much longer than the grace the shell may take before it is killed with all that it started.
    private static let slack: Duration = .seconds(5)

    /// A log beyond this is set aside at the next start; a broker writes about 40 kB a start.
    private static let maximumLogBytes: off_t = 8 << 20

    private let logPath: String
    private let logStart: UInt64
    private let pid: pid_t
    private let leash: Descriptor
    private let grace: Duration
    private let exitStatus = Mutex<Int32?>(nil)

    /// Starts the command under a new keeper; returns at once, before the server is ready.
    init(
        _ server: String, command: [String], companion: String = "", environment: [String: String],
        stopSignal: String, grace: Duration, in directory: ServerDirectory
    ) throws(LocalServersError) {
        let lock = try directory.keeperLock()
        let pipe = try Descriptor.pipe()
        logPath = directory.logFile(server)
        var facts = stat()
        if stat(logPath, &facts) == 0, facts.st_size > Self.maximumLogBytes { rename(logPath, logPath + ".old") }
        let log = try Descriptor.open(logPath, O_WRONLY | O_CREAT | O_APPEND, mode: 0o644)
        logStart = UInt64(clamping: lseek(log.number, 0, SEEK_END))
        leash = pipe.write
        self.grace = grace
        let tenths = "\(grace.milliseconds / 100)"
        pid = try Spawn.start(
            ["/bin/sh", "-c", Self.script, "keeper", directory.pidFile(server), stopSignal, tenths, companion]
                + command,
            environment: environment, descriptors: [0: pipe.read, 1: log, 2: log, 9: lock], newSession: true)
        Thread.detachNewThread { [self] in
            // Keeps this object alive until the server has ended; the leash, not this reference, decides when.
            let status = Spawn.reap(self.pid)
            exitStatus.withLock { $0 = status }
        }
    }

    /// Whether the server has ended and the keeper with it.
    var hasEnded: Bool { exitStatus.withLock { $0 != nil } }

    /// The last lines that this server has written.
    var logTail: String { LogTail.read(logPath, after: logStart) }

    /// Lets go of the leash; the server begins to stop.
    func release() {
        leash.close()
    }

    /// Stops the server and waits until it has ended.
    func stop() async {
        release()
        if await Waiting.until(.now + grace + Self.slack, { hasEnded }) { return }
        kill(-pid, SIGKILL)
        _ = await Waiting.until(.now + Self.slack) { hasEnded }
    }

    /// Waits until the server has ended by itself; false at the deadline.
    func waitForEnd(until deadline: ContinuousClock.Instant) async -> Bool {
        await Waiting.until(deadline) { hasEnded }
    }
}
