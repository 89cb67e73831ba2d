extension AMQPConfiguration {
    /// Creates a configuration from a URL in the form of the RabbitMQ URI specification,
    /// `amqp[s]://user:password@host:port/vhost?query`.
    ///
    /// User, password and virtual host are percent-decoded. Without a virtual host (`amqp://host` or `amqp://host/`)
    /// the default one, `/`, is meant, which can also be spelled `%2f`. Query parameters: `heartbeat` (seconds),
    /// `connection_timeout` (milliseconds), `cacertfile`, `certfile`, `keyfile`, `verify` (`verify_peer` or
    /// `verify_none`, which also stops the check of the host name). A parameter wins over the argument of the same
    /// meaning; an unknown one is ignored.
    ///
    /// - Throws: ``AMQPError`` with code `invalidConfiguration`; the message never holds the password.
    public init(
        url: String,
        connectionName: String? = nil,
        heartbeat: Duration = .seconds(10),
        connectTimeout: Duration = .seconds(5),
        operationTimeout: Duration = .seconds(30),
        tls: AMQPTLSOptions = AMQPTLSOptions()
    ) throws(AMQPError) {
        guard let schemeEnd = url.firstRange(of: "://") else {
            throw .configuration("the URL must begin with amqp:// or amqps://")
        }
        let encrypted: Bool
        switch url[..<schemeEnd.lowerBound].lowercased() {
        case "amqp": encrypted = false
        case "amqps": encrypted = true
        default: throw .configuration("the URL must begin with amqp:// or amqps://")
        }
        var rest = url[schemeEnd.upperBound...]
        var query: Substring = ""
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        var path: Substring = ""
        if let slash = rest.firstIndex(of: "/") {
            path = rest[rest.index(after: slash)...]
            rest = rest[..<slash]
        }
        guard !path.contains("/") else {
            throw .configuration("the virtual host holds a slash; write it as %2f")
        }
        let authority = try Authority(rest)
        let options = try Options(query: query, heartbeat: heartbeat, connectTimeout: connectTimeout, tls: tls)
        let virtualHost = try Self.decoded(path, "virtual host")
        try self.init(
            host: authority.host,
            port: authority.port,
            user: authority.user,
            password: authority.password,
            virtualHost: virtualHost.isEmpty ? "/" : virtualHost,
            tls: encrypted ? options.tls : nil,
            connectionName: connectionName,
            heartbeat: options.heartbeat,
            connectTimeout: options.connectTimeout,
            operationTimeout: operationTimeout
        )
    }

    private static func decoded(_ text: Substring, _ name: String) throws(AMQPError) -> String {
        guard let value = PercentCoding.decode(text) else {
            throw .configuration("the \(name) in the URL is not valid percent-encoded UTF-8")
        }
        return value
    }

    /// `user:password@host:port`.
    private struct Authority {
        var user = "guest"
        var password = "guest"
        var host: String
        var port: Int?

        init(_ text: Substring) throws(AMQPError) {
            var location = text
            if let at = text.lastIndex(of: "@") {
                location = text[text.index(after: at)...]
                let credentials = text[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                user = try AMQPConfiguration.decoded(credentials[0], "user")
                if credentials.count > 1 {
                    password = try AMQPConfiguration.decoded(credentials[1], "password")
                }
            }
            var portText: Substring?
            if location.first == "[" {
                guard let end = location.firstIndex(of: "]") else {
                    throw .configuration("the IPv6 address in the URL has no closing bracket")
                }
                host = String(location[location.index(after: location.startIndex)..<end])
                let tail = location[location.index(after: end)...]
                guard tail.isEmpty || tail.first == ":" else {
                    throw .configuration("text follows the closing bracket of the IPv6 address in the URL")
                }
                portText = tail.isEmpty ? nil : tail.dropFirst()
            } else if let colon = location.firstIndex(of: ":") {
                host = try AMQPConfiguration.decoded(location[..<colon], "host")
                portText = location[location.index(after: colon)...]
            } else {
                host = try AMQPConfiguration.decoded(location, "host")
            }
            guard let portText, !portText.isEmpty else { return }
            guard let number = Int(portText) else { throw .configuration("the port in the URL is not a number") }
            port = number
        }
    }

    /// What the query part may set.
    private struct Options {
        var heartbeat: Duration
        var connectTimeout: Duration
        var tls: AMQPTLSOptions

        init(
            query: Substring, heartbeat: Duration, connectTimeout: Duration, tls: AMQPTLSOptions
        ) throws(AMQPError) {
            self.heartbeat = heartbeat
            self.connectTimeout = connectTimeout
            self.tls = tls
            for pair in query.split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let value = try AMQPConfiguration.decoded(parts.count > 1 ? parts[1] : "", "query")
                switch parts[0] {
                case "heartbeat": self.heartbeat = .seconds(try Options.number(value, "heartbeat"))
                case "connection_timeout":
                    self.connectTimeout = .milliseconds(try Options.number(value, "connection_timeout"))
                case "cacertfile": self.tls.caCertificateFile = value
                case "certfile": self.tls.certificateFile = value
                case "keyfile": self.tls.keyFile = value
                case "verify":
                    guard value == "verify_peer" || value == "verify_none" else {
                        throw .configuration("verify must be verify_peer or verify_none")
                    }
                    self.tls.verifyPeer = value == "verify_peer"
                    if value == "verify_none" { self.tls.verifyHostname = false }
                default: continue
                }
            }
        }

        private static func number(_ text: String, _ name: String) throws(AMQPError) -> Int {
            // The bound keeps the conversion to a duration exact; the real limits are checked by the initialiser.
            guard let number = Int(text), (0...1_000_000).contains(number) else {
                throw .configuration("\(name) must be a whole number from 0 to 1000000")
            }
            return number
        }
    }
}
