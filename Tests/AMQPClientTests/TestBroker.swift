import AMQPClient
import Foundation
import Glibc
import Synchronization
import TestSupport

/// A private RabbitMQ node in a temporary folder. A shell keeps it and ends it, with its folder and its port mapper,
/// as soon as its standard input closes, so that not even a crashed test run leaves one behind.
final class TestBroker: Sendable {
    /// The node that all tests share; the first to ask starts it.
    static let shared = Task { try await TestBroker.start() }

    let directory: URL
    let port: Int
    let tlsPort: Int
    private let environment: [String: String]
    private let keeper: Mutex<Keeper>

    private struct Keeper {
        var process: Process
        var input: FileHandle
        var output: FileHandle
    }

    struct Failure: Error {
        var message: String
    }

    private static let keeperScript = """
        cd "$1"; node=
        start() { /usr/lib/rabbitmq/bin/rabbitmq-server </dev/null >>server.log 2>&1 & node=$!; echo "$node"; }
        stop() { if [ -n "$node" ]; then kill -CONT "$node"; kill "-$1" "$node"; wait "$node"; fi; node=; }
        while read -r word; do
            case "$word" in
            start) start ;;
            stop) stop TERM; echo stopped ;;
            esac
        done
        stop KILL 2>/dev/null
        epmd -port "$ERL_EPMD_PORT" -kill >/dev/null 2>&1
        rm -rf "$1"
        """

    static func start() async throws -> TestBroker {
        let broker = try TestBroker()
        try await broker.startNode()
        return broker
    }

    private init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "amqp-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let ports = try (0..<4).map { _ in try FreePort.find() }
        (port, tlsPort) = (ports[0], ports[1])
        try TestBroker.makeCertificates(in: directory)
        try """
        listeners.tcp.1 = 127.0.0.1:\(port)
        listeners.ssl.1 = 127.0.0.1:\(tlsPort)
        ssl_options.cacertfile = \(directory.path)/ca.pem
        ssl_options.certfile = \(directory.path)/server.pem
        ssl_options.keyfile = \(directory.path)/server.key
        ssl_options.verify = verify_none
        disk_free_limit.absolute = 1MB
        max_message_size = 16777216
        """.write(to: directory.appending(path: "rabbitmq.conf"), atomically: true, encoding: .utf8)
        try "[].".write(to: directory.appending(path: "plugins"), atomically: true, encoding: .utf8)
        var environment = ProcessInfo.processInfo.environment
        for (key, value) in [
            "HOME": directory.path,
            "RABBITMQ_NODENAME": "amqp-tests-\(port)@localhost",
            "RABBITMQ_NODE_PORT": "\(port)",
            "RABBITMQ_DIST_PORT": "\(ports[2])",
            "ERL_EPMD_PORT": "\(ports[3])",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": directory.appending(path: "data").path,
            "RABBITMQ_LOG_BASE": directory.appending(path: "log").path,
            "RABBITMQ_CONFIG_FILE": directory.appending(path: "rabbitmq.conf").path,
            "RABBITMQ_ENABLED_PLUGINS_FILE": directory.appending(path: "plugins").path,
            // One process with a known id instead of a shell around it.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput",
        ] { environment[key] = value }
        self.environment = environment
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", TestBroker.keeperScript, "keeper", directory.path]
        process.environment = environment
        process.standardInput = input
        process.standardOutput = output
        try process.runUnmasked()
        keeper = Mutex(
            Keeper(process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading))
    }

    // MARK: The node

    /// The node's process, for signals.
    private let nodeID = Mutex<pid_t>(0)

    func startNode() async throws {
        let line = try tell("start")
        guard let id = pid_t(line) else { throw Failure(message: "the keeper said '\(line)'") }
        nodeID.withLock { $0 = id }
        let deadline = ContinuousClock.now + Patience.limit
        while true {
            do {
                let connection = try await AMQPConnection.open(configuration())
                await connection.close()
                return
            } catch {
                guard ContinuousClock.now < deadline else {
                    throw Failure(message: "the node did not come up: \(error); see \(directory.path)")
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    func stopNode() throws {
        _ = try tell("stop")
    }

    func signalNode(_ signal: Int32) {
        kill(nodeID.withLock { $0 }, signal)
    }

    /// Runs `rabbitmqctl` and returns what it prints; throws if it fails.
    @discardableResult
    func control(_ arguments: String...) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/lib/rabbitmq/bin/rabbitmqctl")
        process.arguments = ["-q"] + arguments
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        let status = await withCheckedContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.runUnmasked()
            } catch {
                process.terminationHandler = nil
                continuation.resume(returning: -1)
            }
        }
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        guard status == 0 else { throw Failure(message: "rabbitmqctl \(arguments): \(output)") }
        return output
    }

    private func tell(_ word: String) throws -> String {
        try keeper.withLock { keeper in
            try keeper.input.write(contentsOf: Data("\(word)\n".utf8))
            var line: [UInt8] = []
            while let byte = try keeper.output.read(upToCount: 1)?.first, byte != 10 { line.append(byte) }
            return String(decoding: line, as: UTF8.self)
        }
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
            url: "amqps://guest:guest@localhost:\(tlsPort)/%2f?cacertfile=\(directory.path)/\(authority)",
            connectTimeout: Patience.limit)
    }

    // MARK: Preparations

    private static func makeCertificates(in directory: URL) throws {
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
        process.arguments = ["-ec", script, "openssl", directory.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.runUnmasked()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(message: "openssl failed") }
    }
}

extension Process {
    /// Runs with no signal blocked. Threads of the cooperative pool block all of them, children inherit that, and a
    /// shell that never hears of SIGCHLD waits for ever.
    fileprivate func runUnmasked() throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }
}
