import Foundation
import LocalServers
import PostgresClient
import TestSupport
import WorkflowStore

/// A private PostgreSQL that the tests share, with a database for each test.
enum PrivateDatabase {
    private static let folder = Result { try RunFolder("store") }

    /// The server, started by whoever asks first; it ends with the process.
    static let server = Task {
        try await LocalServers.start(
            LocalServersConfiguration(directory: "\(try folder.get().path)/servers", wantsBroker: false))
    }

    /// The URL of an empty database with the tables of this version.
    static func url() async throws -> String {
        let server = try await server.value
        let name = "journal_\(String(UInt64.random(in: .min ... .max), radix: 16))"
        try await server.psql("CREATE DATABASE \(name)")
        guard let base = server.databaseURL else { throw CocoaError(.fileNoSuchFile) }
        let url = base.replacing(/\/[^\/]*$/, with: "/\(name)")
        let connection = try await PostgresConnection.connect(
            PostgresConfiguration(url: url, applicationName: "tests"))
        try await SchemaMigration.migrate(connection)
        await connection.close()
        return url
    }
}
