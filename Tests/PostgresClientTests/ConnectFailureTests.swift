import Foundation
import Glibc
import PostgresClient
import TestSupport
import Testing

@Suite("Connecting") struct ConnectFailureTests {
    private static func connectError(
        _ url: String, timeout: Duration = Patience.limit
    ) async throws -> PostgresError {
        try await postgresError {
            let configuration = try PostgresConfiguration(url: url, connectTimeout: timeout)
            await (try PostgresConnection.connect(configuration)).close()
        }
    }

    @Test func refusedConnectionNamesHostAndPortAtOnce() async throws {
        let port = try FreePort.find()
        let start = ContinuousClock.now
        let error = try await Self.connectError(
            "postgresql://me:topsecret@127.0.0.1:\(port)/x", timeout: Patience.limit)
        #expect(ContinuousClock.now - start < Patience.limit / 2)
        #expect(error.code == .connectionFailed)
        #expect(error.isRetriable)
        #expect(error.message.contains("127.0.0.1:\(port)"))
        #expect(error.message.contains("refused"))
        #expect(!error.description.contains("topsecret"))
        #expect(!error.message.contains("\n"))
    }

    /// A socket that is listened on but never accepted from answers nothing.
    @Test func silentServerRunsIntoTheTimeout() async throws {
        let silent = try SilentServer()
        let start = ContinuousClock.now
        let error = try await Self.connectError(
            "postgresql://me@127.0.0.1:\(silent.port)/x", timeout: .milliseconds(300))
        #expect(ContinuousClock.now - start >= .milliseconds(300))
        #expect(error.code == .connectionFailed)
        #expect(error.message.contains("127.0.0.1:\(silent.port)"))
        #expect(error.message.contains("no answer within"))

        let task = Task { try await Self.connectError("postgresql://me@127.0.0.1:\(silent.port)/x") }
        task.cancel()
        #expect(try await task.value.code == .cancelled)
    }

    @Test func missingDatabaseAndUserHaveTheirSQLState() async throws {
        let url = try await TestPostgres.shared()
        let database = try await Self.connectError(url.replacingOccurrences(of: "/postgres", with: "/nowhere"))
        #expect(database.sqlState == .invalidCatalogName)
        #expect(database.message.contains("create the database"))
        #expect(!database.message.contains("LOCATION"))
        let user = try await Self.connectError(url.replacingOccurrences(of: "tester@", with: "nobody@"))
        #expect(user.sqlState == .invalidAuthorization)
        #expect(!user.isRetriable)
    }

    @Test func wrongPassword() async throws {
        let server = try await TestPostgres.start { data in
            try Data("host all tester 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n".utf8)
                .write(to: URL(fileURLWithPath: "\(data)/pg_hba.conf"))
        }
        let owner = try await PostgresConnection.connect(.patient(server.url))
        try await owner.execute(script: "CREATE ROLE guest LOGIN PASSWORD 'right'")
        await owner.close()
        func url(_ password: String) -> String { "postgresql://guest:\(password)@127.0.0.1:\(server.port)/postgres" }
        let guest = try await PostgresConnection.connect(.patient(url("right")))
        #expect(guest.isOpen)
        await guest.close()
        let error = try await Self.connectError(url("wr0ng-one"))
        #expect(error.sqlState == .invalidPassword)
        #expect(!error.isRetriable)
        #expect(!error.description.contains("wr0ng-one"))
    }

    @Test func requiredTLSAgainstAPlainServer() async throws {
        let error = try await Self.connectError(try await TestPostgres.shared() + "?sslmode=require")
        #expect(error.code == .connectionFailed)
        #expect(error.message.contains("SSL"))
        #expect(error.message.contains("127.0.0.1:"))
    }

    @Test func verifiedTLS() async throws {
        let server = try await TestPostgres.start(settings: ["ssl = on"]) { data in
            try await TestPostgres.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", "\(data)/server.key", "-out", "\(data)/server.crt",
                ])
            if getuid() == 0 {
                try await TestPostgres.run("/bin/chown", ["postgres", "\(data)/server.key", "\(data)/server.crt"])
            }
        }
        let root = "sslmode=verify-full&sslrootcert=\(server.directory)/data/server.crt"
        let host = "postgresql://tester@localhost:\(server.port)/postgres"
        let connection = try await PostgresConnection.connect(.patient("\(host)?\(root)"))
        #expect(
            try await connection.queryText("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").rows == [["t"]])
        // Many TLS records: what OpenSSL has buffered must not be waited for.
        let echo = PostgresStatement(name: "echo", sql: "SELECT $1::bytea || repeat('x', $2)::bytea")
        for size in [1, 8_191, 8_192, 16_383, 16_384, 16_385, 100_000, 5_000_000] {
            let result = try await connection.query(echo, [.bytea([0]), .int32(Int32(size))])
            #expect(try result.only().bytea(0).count == size + 1)
        }
        let block = [UInt8](repeating: 1, count: 3_000_000)
        let results = try await connection.transaction(
            (0..<4).map { _ in PostgresCall(echo, [.bytea(block), .int32(1)]) })
        #expect(results.count == 4)
        await connection.close()

        let stranger = try await Self.connectError(
            "\(host)?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt")
        #expect(stranger.code == .connectionFailed)
        let otherName = try await Self.connectError(
            "postgresql://tester@127.0.0.1:\(server.port)/postgres?\(root)")
        #expect(otherName.message.contains("does not match host name"))
    }

    @Test func configurationIsCheckedAndKeepsItsSecret() async throws {
        let configuration = try PostgresConfiguration(
            url: "postgresql://me:s3cret@db.example:6543/things?sslmode=verify-full", applicationName: "test")
        #expect(configuration.redactedDescription == "postgresql://me@db.example:6543/things?sslmode=verify-full")
        #expect(configuration.host == "db.example")
        #expect(configuration.port == "6543")
        #expect(configuration.endpoint == "db.example:6543")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("s3cret"))
        #expect(try PostgresConfiguration(url: "host=a port=1 user=u dbname=d").endpoint == "a:1")
        for url in [
            "", "postgresql://me:s3%zzcret@h/d", "postgresql://h/d?sslmood=x", "host=h s3cret", "host='h",
            "postgresql://me:s3cret@h/d?x",
        ] {
            let error = try await postgresError { _ = try PostgresConfiguration(url: url) }
            #expect(error.code == .invalidConfiguration)
            #expect(!error.message.contains("s3"))
        }
        let timeout = try await postgresError { _ = try PostgresConfiguration(url: "host=h", connectTimeout: .zero) }
        #expect(timeout.code == .invalidConfiguration)
        let setting = try await postgresError {
            _ = try PostgresConfiguration(url: "host=h", sessionSettings: [("", "v")])
        }
        #expect(setting.code == .invalidConfiguration)
    }
}
