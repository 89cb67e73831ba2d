import Foundation
import Glibc

/// The folder of one set of servers: its layout, and the locks that keep two owners out of it.
///
/// Two locks, because an owner and its servers may die apart. `owner.lock` belongs to the owning process alone.
/// `servers.lock` is shared by the keepers, which live until their servers have ended; so a new owner that comes
/// right after an unclean death waits for them, rather than meeting half-stopped servers.
final class ServerDirectory: Sendable {
    /// How much longer than its grace a keeper may take to let go.
    private static let keeperSlack: Duration = .seconds(10)

    let path: String
    private let ownerLock: Descriptor

    var portsFile: String { "\(path)/ports" }
    var brokerPath: String { "\(path)/broker" }
    /// A number that differs from directory to directory, and is the same at each start.
    var seed: UInt64 { Self.hash(path) }

    /// Makes the directory if needed and takes it for this process.
    init(_ directory: String, stopGrace: Duration) async throws(LocalServersError) {
        path = try Self.prepare(directory)
        ownerLock = try Descriptor.open("\(path)/owner.lock", O_RDWR | O_CREAT)
        guard flock(ownerLock.number, LOCK_EX | LOCK_NB) == 0 else {
            let owner = (try? String(contentsOfFile: "\(path)/owner.lock", encoding: .utf8)) ?? ""
            let name = owner.isEmpty ? "another process" : "process \(owner)"
            throw LocalServersError(
                .directoryInUse, "\(path) is in use by \(name); stop it, or choose another directory.")
        }
        ftruncate(ownerLock.number, 0)
        let pid = "\(getpid())"
        _ = pid.withCString { write(ownerLock.number, $0, strlen($0)) }
        try await waitForKeepers(until: .now + stopGrace + Self.keeperSlack)
        for server in ["postgres", "broker"] { killLeftover(server) }
    }

    /// Lets another owner take the directory.
    func release() {
        ownerLock.close()
    }

    func pidFile(_ server: String) -> String { "\(path)/\(server).pid" }
    func logFile(_ server: String) -> String { "\(path)/\(server).log" }

    /// A share of the keepers' lock, to be inherited by a keeper.
    func keeperLock() throws(LocalServersError) -> Descriptor {
        let lock = try Descriptor.open("\(path)/servers.lock", O_RDWR | O_CREAT)
        guard flock(lock.number, LOCK_SH | LOCK_NB) == 0 else { throw .system("lock \(path)/servers.lock") }
        return lock
    }

    /// The process of a running server, as its keeper wrote it down.
    func serverPID(_ server: String) -> pid_t? {
        guard let text = try? String(contentsOfFile: pidFile(server), encoding: .utf8) else { return nil }
        return pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Where PostgreSQL keeps its data: in the directory, or, when that cannot be reached by the user that runs
    /// PostgreSQL, in `/var/tmp` under a name made from the directory's.
    var fallbackDatabasePath: String { "/var/tmp/perdure-\(String(seed, radix: 16))-\(geteuid())" }
    var databasePath: String { "\(path)/postgres" }

    private func waitForKeepers(until deadline: ContinuousClock.Instant) async throws(LocalServersError) {
        let lock = try Descriptor.open("\(path)/servers.lock", O_RDWR | O_CREAT)
        while flock(lock.number, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else {
                throw LocalServersError(
                    .directoryInUse, "Servers of an earlier owner still run in \(path); stop them and try again.")
            }
            await Waiting.pause(Waiting.interval)
        }
    }

    /// Ends a server whose keeper was killed together with its owner.
    private func killLeftover(_ server: String) {
        defer { unlink(pidFile(server)) }
        guard let pid = serverPID(server), pid > 1 else { return }
        // The number may belong to another program by now; our servers name the directory in what they were given.
        let needles = [path, fallbackDatabasePath]
        let facts = ["cmdline", "environ"].map { file in
            String(decoding: FileManager.default.contents(atPath: "/proc/\(pid)/\(file)") ?? Data(), as: UTF8.self)
        }
        if facts.contains(where: { fact in needles.contains { fact.contains("\($0)/") } }) { kill(pid, SIGKILL) }
    }

    private static func prepare(_ directory: String) throws(LocalServersError) -> String {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw LocalServersError(
                .directoryUnusable, "Cannot create \(directory); choose one that can be written.", underlying: error)
        }
        guard let resolved = realpath(directory, nil) else { throw .system("resolve \(directory)") }
        defer { free(resolved) }
        let path = String(cString: resolved)
        guard access(path, W_OK | X_OK) == 0 else {
            throw LocalServersError(.directoryUnusable, "\(path) cannot be written; choose another directory.")
        }
        // These reach configuration files and scripts whose quoting rules differ; refusing beats guessing.
        guard !path.contains(where: { $0 == "\"" || $0 == "'" || $0 == "\n" || $0 == "\\" }) else {
            throw LocalServersError(.directoryUnusable, "\(path) has a quote, backslash or line break; choose another.")
        }
        return path
    }

    /// FNV-1a, 64 bits (Fowler, Noll, Vo): small, and the same in every process, unlike `Hasher`.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
