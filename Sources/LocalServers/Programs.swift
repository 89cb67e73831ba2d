import Foundation
import Glibc

/// Finds the servers' programs where packages put them, then on `PATH`.
enum Programs {
    /// Scrubbed of the caller's `PG*`, `RABBITMQ_*` and `ERL_*` variables, which would redirect a private server.
    static func environment(home: String) -> [String: String] {
        ["PATH": searchPath.joined(separator: ":"), "HOME": home, "LANG": "C.UTF-8", "TMPDIR": "/tmp"]
    }

    /// The folder with `initdb` and `postgres`, of the given major version or else the highest one installed.
    static func postgresBinaries(major: Int? = nil) throws(LocalServersError) -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        for version in versions.sorted(by: >) where major == nil || major == version {
            let folder = "\(root)/\(version)/bin"
            if isExecutable("\(folder)/initdb"), isExecutable("\(folder)/postgres") { return folder }
        }
        if major == nil, let found = onPath("initdb") {
            // The link on PATH may stand apart from its siblings, so follow it.
            let folder = URL(fileURLWithPath: found).resolvingSymlinksInPath().deletingLastPathComponent().path
            if isExecutable("\(folder)/postgres") { return folder }
        }
        if let major {
            throw LocalServersError(
                .dataIncompatible,
                "The data was made by PostgreSQL \(major), which is not installed; install it or remove the data.")
        }
        throw LocalServersError(
            .programMissing, "PostgreSQL is not installed; run `make install` or `apt-get install postgresql`.")
    }

    /// The folder with `rabbitmq-server` and `rabbitmqctl` as RabbitMQ ships them.
    static func brokerBinaries() throws(LocalServersError) -> String {
        let folders = ["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin"] + searchPath
        for folder in folders where isExecutable("\(folder)/rabbitmq-server") {
            // Debian's wrapper in /usr/sbin insists on the user `rabbitmq` and on the system-wide node.
            let real = URL(fileURLWithPath: "\(folder)/rabbitmq-server").resolvingSymlinksInPath()
            if real.lastPathComponent == "rabbitmq-server" { return real.deletingLastPathComponent().path }
        }
        throw LocalServersError(
            .programMissing, "RabbitMQ is not installed; run `make install` or `apt-get install rabbitmq-server`.")
    }

    /// A program on `PATH` or in the system's folders.
    static func require(_ name: String, package: String) throws(LocalServersError) -> String {
        if let found = onPath(name) { return found }
        throw LocalServersError(.programMissing, "\(name) is not installed; run `apt-get install \(package)`.")
    }

    private static func onPath(_ name: String) -> String? {
        searchPath.map { "\($0)/\(name)" }.first(where: isExecutable)
    }

    private static func isExecutable(_ path: String) -> Bool {
        access(path, X_OK) == 0
    }

    private static let searchPath: [String] = {
        var folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for folder in ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        where !folders.contains(folder) {
            folders.append(folder)
        }
        return folders.filter { $0.hasPrefix("/") }
    }()
}
