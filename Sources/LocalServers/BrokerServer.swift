import Foundation
import Glibc

/// How a private RabbitMQ node is configured, started and asked whether it is ready.
struct BrokerServer: Sendable {
    static let stopSignal = "TERM"
    /// The same in every directory: each node has a port mapper of its own, and data is filed under this name.
    private static let node = "perdure@localhost"
    /// `rabbitmqctl` takes a port of its own out of a range; wide, so that many may run at once.
    private static let controlPorts = (first: 35_672, last: 35_872)

    let name: String
    let ports: [LocalPort: Int]
    let plugins: [String]
    let settings: [String]
    let definitionsFile: String?
    let path: String
    let binaries: String
    let portMapper: String
    private let slimHome: String?

    /// Finds the programs and writes the node's files.
    init(
        _ configuration: LocalServersConfiguration, ports: [LocalPort: Int], directory: ServerDirectory
    ) throws(LocalServersError) {
        name = configuration.name
        self.ports = ports
        plugins = configuration.brokerPlugins
        settings = configuration.brokerSettings
        definitionsFile = configuration.definitionsFile.map { URL(fileURLWithPath: $0).path }
        path = directory.brokerPath
        binaries = try Programs.brokerBinaries()
        portMapper = try Programs.require("epmd", package: "erlang-base")
        slimHome =
            configuration.usesSlimBrokerHome
            ? SlimBrokerHome.build(at: "\(path)/slim", binaries: binaries, plugins: plugins) : nil
        do {
            for folder in ["home", "mnesia", "log"] {
                try FileManager.default.createDirectory(
                    atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
            }
            try configurationFile.write(toFile: "\(path)/rabbitmq.conf", atomically: true, encoding: .utf8)
            let list = "[\(plugins.joined(separator: ","))].\n"
            try list.write(toFile: "\(path)/enabled_plugins", atomically: true, encoding: .utf8)
        } catch {
            throw LocalServersError(
                .directoryUnusable, "Cannot write the broker's files in \(path).", underlying: error)
        }
    }

    var url: String { "amqp://\(name):\(name)@127.0.0.1:\(port(.amqp))/%2F" }
    var managementURL: String? {
        plugins.contains("rabbitmq_management") ? "http://127.0.0.1:\(port(.management))" : nil
    }
    var streamPort: Int? { plugins.contains("rabbitmq_stream") ? port(.stream) : nil }
    var command: [String] { ["\(binaries)/rabbitmq-server"] }

    /// The node's environment.
    var environment: [String: String] {
        var variables = controlEnvironment
        // Makes the start script become the server rather than its parent, so that signals reach the server.
        variables["detached"] = "1"
        variables["RABBITMQ_DIST_PORT"] = "\(port(.distribution))"
        variables["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}"
        variables["ERL_CRASH_DUMP"] = "\(path)/log/erl_crash.dump"
        if let slimHome { variables["RABBITMQ_SCRIPTS_DIR"] = "\(slimHome)/sbin" }
        return variables
    }

    /// Whether the node takes clients now.
    func isReady() async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Loopback.answersAMQP(port: port(.amqp))) }
        }
    }

    /// Runs `rabbitmqctl` against the node and gives back what it prints.
    func control(_ arguments: [String]) async throws(LocalServersError) -> String {
        let command = Command(arguments: ["\(binaries)/rabbitmqctl"] + arguments, environment: controlEnvironment)
        return try await command.runChecked("run rabbitmqctl \(arguments.first ?? "")")
    }

    private func port(_ port: LocalPort) -> Int { ports[port] ?? 0 }

    private var controlEnvironment: [String: String] {
        var variables = Programs.environment(home: "\(path)/home")
        variables["RABBITMQ_NODENAME"] = Self.node
        variables["RABBITMQ_MNESIA_BASE"] = "\(path)/mnesia"
        variables["RABBITMQ_LOG_BASE"] = "\(path)/log"
        variables["RABBITMQ_ENABLED_PLUGINS_FILE"] = "\(path)/enabled_plugins"
        variables["RABBITMQ_CONFIG_FILE"] = "\(path)/rabbitmq.conf"
        // The system-wide file must not reach into a private node.
        variables["RABBITMQ_CONF_ENV_FILE"] = "/dev/null"
        variables["RABBITMQ_CTL_DIST_PORT_MIN"] = "\(Self.controlPorts.first)"
        variables["RABBITMQ_CTL_DIST_PORT_MAX"] = "\(Self.controlPorts.last)"
        variables["ERL_EPMD_PORT"] = "\(port(.portMapper))"
        variables["ERL_EPMD_ADDRESS"] = "127.0.0.1"
        return variables
    }

    private var configurationFile: String {
        var lines = [
            "listeners.tcp.default = 127.0.0.1:\(port(.amqp))",
            "default_user = \(name)", "default_pass = \(name)",
            // The keeper collects the standard output in a log file.
            "log.console = true", "log.console.level = info", "log.file = false",
        ]
        if plugins.contains("rabbitmq_management") {
            lines += ["management.tcp.ip = 127.0.0.1", "management.tcp.port = \(port(.management))"]
        }
        if plugins.contains("rabbitmq_stream") {
            lines += ["stream.listeners.tcp.1 = 127.0.0.1:\(port(.stream))"]
        }
        if plugins.contains("rabbitmq_prometheus") {
            lines += ["prometheus.tcp.ip = 127.0.0.1", "prometheus.tcp.port = \(port(.metrics))"]
        }
        if let definitionsFile { lines += ["load_definitions = \(definitionsFile)"] }
        return (lines + settings).joined(separator: "\n") + "\n"
    }
}
