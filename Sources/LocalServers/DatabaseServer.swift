import Foundation
import Glibc

/// How a private PostgreSQL cluster is made, started and asked whether it is ready.
struct DatabaseServer: Sendable {
    /// Longest path of a Unix socket (107 bytes) less the socket's own name.
    private static let maximumSocketFolderBytes = 85
    /// Ends sessions at once but in order ("fast" shutdown).
    static let stopSignal = "INT"

    let name: String
    let port: Int
    /// The folder that holds `data`.
    let path: String
    let binaries: String
    /// The user that runs the server, where it is not the caller.
    private let user: String?
    private let setpriv: String?

    var dataPath: String { "\(path)/data" }
    var url: String { "postgresql://\(name):\(name)@127.0.0.1:\(port)/\(name)" }
    var environment: [String: String] { Programs.environment(home: path) }

    /// Finds the programs, the user and the folder; makes the folder.
    init(name: String, port: Int, directory: ServerDirectory) async throws(LocalServersError) {
        self.name = name
        self.port = port
        // PostgreSQL refuses to run as root; the user that its package makes stands in.
        user = geteuid() == 0 ? "postgres" : nil
        setpriv = user == nil ? nil : try Programs.require("setpriv", package: "util-linux")
        var candidate = directory.databasePath
        if let user, let setpriv {
            let owner = try Self.account(user)
            try Self.prepare(candidate, owner: owner)
            let probe = Command(
                arguments: Self.asUser(user, setpriv) + ["/bin/sh", "-c", "cd \"$1\" && [ -w . ]", "probe", candidate],
                environment: Programs.environment(home: "/"))
            if try await probe.run().status != 0 {
                candidate = directory.fallbackDatabasePath
                try Self.prepare(candidate, owner: owner)
            }
        } else {
            try Self.prepare(candidate, owner: nil)
        }
        path = candidate
        let version = try? String(contentsOfFile: "\(candidate)/data/PG_VERSION", encoding: .utf8)
        let major = version.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        binaries = try Programs.postgresBinaries(major: major)
    }

    /// The server's command line. `fsync` and the other guarantees keep their defaults, which are on.
    var command: [String] {
        // The setting is a list parted by commas.
        let isUsable = path.utf8.count <= Self.maximumSocketFolderBytes && !path.contains(",")
        let socketFolder = isUsable ? path : ""
        let settings = [
            "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(socketFolder)",
            "shared_buffers=128MB", "max_connections=100", "logging_collector=off", "log_destination=stderr",
            "timezone=UTC", "log_timezone=UTC", "cluster_name=perdure",
        ]
        return runner + ["\(binaries)/postgres", "-D", dataPath] + settings.flatMap { ["-c", $0] }
    }

    /// Makes the cluster with its one database, unless it is there. Built beside its place and moved into it last,
    /// so that a start that was cut short leaves nothing half-made.
    func createIfMissing() async throws(LocalServersError) {
        guard access("\(dataPath)/PG_VERSION", F_OK) != 0 else { return }
        let draft = "\(path)/data.new"
        try? FileManager.default.removeItem(atPath: draft)
        let passwordFile = "\(path)/password"
        do {
            try "\(name)\n".write(toFile: passwordFile, atomically: false, encoding: .utf8)
        } catch {
            throw LocalServersError(.directoryUnusable, "Cannot write \(passwordFile).", underlying: error)
        }
        defer { unlink(passwordFile) }
        let initialise = Command(
            arguments: runner + [
                "\(binaries)/initdb", "-D", draft, "-U", name, "-E", "UTF8", "--locale=C.UTF-8",
                "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=\(passwordFile)", "--no-instructions",
            ],
            environment: environment)
        _ = try await initialise.runChecked("make a PostgreSQL cluster in \(path)")
        // Single-user mode creates the database without a server, so the server is complete from its first answer.
        let create = Command(
            arguments: runner + ["\(binaries)/postgres", "--single", "-D", draft, "template1"],
            environment: environment, input: "CREATE DATABASE \"\(name)\";\n")
        _ = try await create.runChecked("create the database \(name)")
        guard rename(draft, dataPath) == 0 else { throw .system("move \(draft) to \(dataPath)") }
    }

    /// Whether the server takes connections now.
    func isReady() async -> Bool {
        let probe = Command(
            arguments: ["\(binaries)/pg_isready", "-q", "-h", "127.0.0.1", "-p", "\(port)"], environment: environment)
        return (try? await probe.run().status) == 0
    }

    /// Runs SQL with `psql` and gives back unaligned rows, columns parted by `|`.
    func psql(_ sql: String) async throws(LocalServersError) -> String {
        let query = Command(
            arguments: ["\(binaries)/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"],
            environment: environment, input: sql + "\n")
        return try await query.runChecked("run SQL").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private var runner: [String] {
        guard let user, let setpriv else { return [] }
        return Self.asUser(user, setpriv)
    }

    private static func asUser(_ user: String, _ setpriv: String) -> [String] {
        [setpriv, "--reuid=\(user)", "--regid=\(user)", "--init-groups", "--"]
    }

    private static func prepare(_ path: String, owner: (uid: uid_t, gid: gid_t)?) throws(LocalServersError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .system("create \(path)") }
        var facts = stat()
        // /var/tmp is open to all: whatever stands there under our name must be ours and no link.
        guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR,
            [geteuid(), owner?.uid].contains(facts.st_uid)
        else {
            throw LocalServersError(.directoryUnusable, "\(path) belongs to someone else; remove it.")
        }
        if let owner, chown(path, owner.uid, owner.gid) != 0 {
            throw .system("give \(path) to the user that runs PostgreSQL")
        }
    }

    private static func account(_ name: String) throws(LocalServersError) -> (uid: uid_t, gid: gid_t) {
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &result) == 0, result != nil else {
            throw LocalServersError(
                .programMissing, "There is no user \(name) to run PostgreSQL as; run `apt-get install postgresql`.")
        }
        return (entry.pw_uid, entry.pw_gid)
    }
}
