/// Where the broker is, who connects, and how long to wait for it. Validated when it is made.
public struct AMQPConfiguration: Sendable, Hashable {
    /// The heartbeats that are accepted: below one second AMQP cannot express them, above ten minutes (and with none)
    /// a dead broker would be noticed too late.
    public static let heartbeatLimits: ClosedRange<Duration> = .seconds(1) ... .seconds(600)
    /// The default port without TLS.
    public static let plainPort = 5672
    /// The default port with TLS.
    public static let tlsPort = 5671

    /// Host name or IP address (IPv6 without brackets).
    public let host: String
    /// TCP port.
    public let port: Int
    /// User name.
    public let user: String
    /// Password. Never logged; see ``redactedDescription``.
    public let password: String
    /// Virtual host.
    public let virtualHost: String
    /// TLS settings, or `nil` for a plain connection.
    public let tls: AMQPTLSOptions?
    /// The name that operators see in the management interface.
    public let connectionName: String?
    /// The heartbeat asked for; the broker may lower it. A broker silent for twice as long counts as lost.
    public let heartbeat: Duration
    /// The limit for each of: TCP and TLS, the AMQP handshake, opening the channel.
    public let connectTimeout: Duration
    /// The limit for one answer on an open connection; past it the connection is given up, since AMQP answers carry
    /// no id by which a late one could be told apart.
    public let operationTimeout: Duration

    /// Creates a configuration from its parts.
    ///
    /// - Throws: ``AMQPError`` with code `invalidConfiguration`, naming the setting.
    public init(
        host: String,
        port: Int? = nil,
        user: String = "guest",
        password: String = "guest",
        virtualHost: String = "/",
        tls: AMQPTLSOptions? = nil,
        connectionName: String? = nil,
        heartbeat: Duration = .seconds(10),
        connectTimeout: Duration = .seconds(5),
        operationTimeout: Duration = .seconds(30)
    ) throws(AMQPError) {
        let port = port ?? (tls == nil ? AMQPConfiguration.plainPort : AMQPConfiguration.tlsPort)
        guard !host.isEmpty else { throw .configuration("the host is empty") }
        guard (1...65_535).contains(port) else { throw .configuration("port \(port) is not between 1 and 65535") }
        guard AMQPConfiguration.heartbeatLimits.contains(heartbeat) else {
            throw .configuration("heartbeat must be between 1 and 600 seconds; it cannot be switched off")
        }
        guard connectTimeout > .zero, connectTimeout <= .seconds(600) else {
            throw .configuration("connection_timeout must be more than 0 and at most 600 seconds")
        }
        guard operationTimeout > .zero else { throw .configuration("the operation timeout must be more than 0") }
        // These travel as C strings or AMQP short strings.
        for (name, value, limit) in [
            ("host", host, 255), ("user", user, 4096), ("password", password, 4096),
            ("virtual host", virtualHost, WireLimits.shortStringBytes),
        ] where value.utf8.contains(0) || value.utf8.count > limit {
            throw .configuration("the \(name) holds a NUL byte or is longer than \(limit) bytes")
        }
        if let tls, (tls.certificateFile == nil) != (tls.keyFile == nil) {
            throw .configuration("certfile and keyfile must be given together")
        }
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.virtualHost = virtualHost
        self.tls = tls
        self.connectionName = connectionName
        self.heartbeat = heartbeat
        self.connectTimeout = connectTimeout
        self.operationTimeout = operationTimeout
    }

    /// `host:port`, with brackets around an IPv6 address.
    public var address: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// The URL with the password masked, fit for logs.
    public var redactedDescription: String {
        let scheme = tls == nil ? "amqp" : "amqps"
        return "\(scheme)://\(PercentCoding.encode(user)):***@\(address)/\(PercentCoding.encode(virtualHost))"
    }
}

extension AMQPError {
    static func configuration(_ problem: String) -> AMQPError {
        AMQPError(code: .invalidConfiguration, message: "AMQP configuration: \(problem).")
    }
}
