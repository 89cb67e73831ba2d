import AMQPClient
import Foundation
import Glibc
import LocalServers
import TestSupport

/// A private RabbitMQ node with a listener for encrypted connections, and the certificates for it.
struct TestBroker: Sendable {
    /// The node that all tests share; the first to ask starts it.
    static let shared = Task { try await TestBroker.start() }

    let servers: LocalServers
    let port: Int
    let tlsPort: Int
    private let folder: RunFolder

    struct Failure: Error {
        var message: String
    }

    private static func start() async throws -> TestBroker {
        let folder = try RunFolder("amqp")
        try await makeCertificates(in: folder.path)
        let tlsPort = try FreePort.find()
        let servers = try await LocalServers.start(
            LocalServersConfiguration(
                directory: "\(folder.path)/servers", wantsPostgres: false, name: "guest", brokerPlugins: [],
                brokerSettings: [
                    "listeners.ssl.1 = 127.0.0.1:\(tlsPort)",
                    "ssl_options.cacertfile = \(folder.path)/ca.pem",
                    "ssl_options.certfile = \(folder.path)/server.pem",
                    "ssl_options.keyfile = \(folder.path)/server.key",
                    "ssl_options.verify = verify_none",
                    "disk_free_limit.absolute = 1MB",
                    "max_message_size = 16777216",
                ]))
        guard let port = servers.ports[.amqp] else { throw Failure(message: "the node has no port") }
        return TestBroker(servers: servers, port: port, tlsPort: tlsPort, folder: folder)
    }

    /// Runs `rabbitmqctl` and returns what it prints; throws if it fails.
    @discardableResult
    func control(_ arguments: String...) async throws -> String {
        try await servers.rabbitmqctl(["-q"] + arguments)
    }

    // MARK: Configurations

    func configuration(
        heartbeat: Duration = .seconds(10), password: String = "guest"
    ) throws(AMQPError) -> AMQPConfiguration {
        try AMQPConfiguration(
            host: "127.0.0.1", port: port, password: password, connectionName: "tests", heartbeat: heartbeat,
            connectTimeout: Patience.limit, operationTimeout: Patience.limit)
    }

    /// `localhost` is in the certificate; the authority is `ca.pem` unless another file is named.
    func tlsConfiguration(authority: String = "ca.pem") throws(AMQPError) -> AMQPConfiguration {
        try AMQPConfiguration(
            url: "amqps://guest:guest@localhost:\(tlsPort)/%2f?cacertfile=\(folder.path)/\(authority)",
            connectTimeout: Patience.limit)
    }

    private static func makeCertificates(in directory: String) async throws {
        let script = """
            cd "$1"
            for name in ca other; do
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$name" -keyout "$name.key" -out "$name.pem"
            done
            openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr
            echo subjectAltName=DNS:localhost >names
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names \
                -out server.pem
            """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-ec", script, "openssl", directory]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let status = await withCheckedContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(returning: -1)
            }
        }
        guard status == 0 else { throw Failure(message: "openssl failed") }
    }
}
