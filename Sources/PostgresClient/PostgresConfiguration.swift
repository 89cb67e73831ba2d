/// Where the database is and how connections to it are set up. Checked when it is made.
///
/// Describing or logging it never shows a password.
public struct PostgresConfiguration: Sendable {
    /// How long a connection attempt and its settings may take together, unless told otherwise.
    public static let defaultConnectTimeout = Duration.seconds(5)

    /// The longest connection attempt, with TLS, authentication and settings. Name resolution is not cut short.
    public let connectTimeout: Duration
    /// Settings applied to every connection before its first use, in this order.
    public let sessionSettings: [(name: String, value: String)]
    /// The host, or the socket directory, that the URL or the environment names.
    public let host: String
    /// The port that the URL or the environment names.
    public let port: String
    /// The database that the URL or the environment names.
    public let database: String
    /// The user that the URL or the environment names.
    public let user: String

    /// What libpq is given. Holds the password.
    let parameters: [ConnectionParameter]

    /// Reads a connection URL.
    ///
    /// Everything that libpq understands may be given, such as `sslmode`, `sslrootcert`, `sslcert`, `sslkey`,
    /// `target_session_attrs` or several hosts; what is missing comes from the `PG…` environment variables, the
    /// service and password files and libpq's defaults. This type adds TCP keepalives and a bound on
    /// unacknowledged data (so that a dead server is noticed within half a minute), and turns GSSAPI encryption off,
    /// unless the URL says otherwise.
    ///
    /// - Parameters:
    ///   - url: `postgresql://user:password@host:5432/database?sslmode=verify-full`, or `host=… dbname=…`.
    ///   - applicationName: shown in `pg_stat_activity`, unless the URL has one.
    ///   - connectTimeout: the longest connection attempt.
    ///   - sessionSettings: names and values for `set_config`, such as `("enable_seqscan", "off")`.
    /// - Throws: `invalidConfiguration`.
    public init(
        url: String, applicationName: String? = nil,
        connectTimeout: Duration = PostgresConfiguration.defaultConnectTimeout,
        sessionSettings: [(name: String, value: String)] = []
    ) throws(PostgresError) {
        guard connectTimeout > .zero else {
            throw Self.invalid("the connect timeout is \(connectTimeout), give a positive one")
        }
        for setting in sessionSettings where setting.name.isEmpty {
            throw Self.invalid("a session setting with the value \"\(setting.value)\" has no name, name it")
        }
        var parameters = try ConnectionParameter.parse(url)
        func fallBack(_ keyword: String, to value: String) {
            if !parameters.contains(where: { $0.keyword == keyword }) {
                parameters.append(ConnectionParameter(keyword: keyword, value: value))
            }
        }
        if let applicationName { fallBack("application_name", to: applicationName) }
        fallBack("client_encoding", to: "UTF8")
        fallBack("gssencmode", to: "disable")
        fallBack("keepalives_idle", to: "10")
        fallBack("keepalives_interval", to: "5")
        fallBack("keepalives_count", to: "3")
        fallBack("tcp_user_timeout", to: "25000")

        let defaults = ConnectionParameter.defaults()
        func effective(_ keyword: String) -> String? {
            (parameters.first { $0.keyword == keyword } ?? defaults.first { $0.keyword == keyword })?.value
        }
        self.connectTimeout = connectTimeout
        self.sessionSettings = sessionSettings
        self.parameters = parameters
        self.host = effective("host") ?? effective("hostaddr") ?? "local socket"
        self.port = effective("port") ?? "5432"
        let user = effective("user") ?? "?"
        self.user = user
        self.database = effective("dbname") ?? user
    }

    /// The same database with other settings, for connections of another role.
    public func with(sessionSettings: [(name: String, value: String)]) throws(PostgresError) -> PostgresConfiguration {
        for setting in sessionSettings where setting.name.isEmpty {
            throw Self.invalid("a session setting with the value \"\(setting.value)\" has no name, name it")
        }
        return PostgresConfiguration(copying: self, sessionSettings: sessionSettings)
    }

    /// `host:port`, for messages.
    public var endpoint: String {
        host.contains(",") ? "\(host) (port \(port))" : "\(host):\(port)"
    }

    /// User, host, port, database and TLS mode, without the password.
    public var redactedDescription: String {
        let mode = parameters.first { $0.keyword == "sslmode" }.map { "?sslmode=\($0.value)" } ?? ""
        return "postgresql://\(user)@\(endpoint)/\(database)\(mode)"
    }

    private init(copying other: PostgresConfiguration, sessionSettings: [(name: String, value: String)]) {
        connectTimeout = other.connectTimeout
        self.sessionSettings = sessionSettings
        host = other.host
        port = other.port
        database = other.database
        user = other.user
        parameters = other.parameters
    }

    static func invalid(_ message: String) -> PostgresError {
        PostgresError(code: .invalidConfiguration, message: message)
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Same as ``redactedDescription``.
    public var description: String { redactedDescription }
    /// Same as ``redactedDescription``.
    public var debugDescription: String { redactedDescription }
    /// Shows only the redacted description, so that `dump` tells no password either.
    public var customMirror: Mirror {
        Mirror(self, children: ["url": redactedDescription])
    }
}
