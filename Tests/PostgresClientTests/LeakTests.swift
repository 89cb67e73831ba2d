import Foundation
import PostgresClient
import TestSupport
import Testing

/// In a process of its own: other tests open descriptors and threads, too.
@Suite("Leaks") struct LeakTests {
    /// Threads that belong to connections, by the name they carry.
    private static func connectionThreads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { task in
            (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == "postgres\n"
        }
    }

    private static func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }

    @Test func twoHundredConnectionsLeaveNothing() async {
        await #expect(processExitsWith: .success) {
            try await Self.openAndCloseTwoHundred()
        }
    }

    private static func openAndCloseTwoHundred() async throws {
        let configuration = try await PostgresConfiguration.patient(TestPostgres.shared())
        let select = PostgresStatement(name: "one", sql: "SELECT 1")
        func openAndClose(_ number: Int) async throws {
            let connection = try await PostgresConnection.connect(configuration)
            #expect(try await connection.query(select).count == 1)
            // Every other one is only dropped, which must close it as well.
            if number.isMultiple(of: 2) { await connection.close() }
        }
        try await openAndClose(0)
        // The first sleep opens a timer for the whole process.
        try await Task.sleep(for: .milliseconds(1))
        try await eventually("the first is gone") { try connectionThreads() == 0 }
        let before = try descriptors()
        for number in 0..<200 { try await openAndClose(number) }
        for _ in 0..<50 {
            let error = try await postgresError {
                _ = try await PostgresConnection.connect(PostgresConfiguration(url: "postgresql://x@127.0.0.1:1/x"))
            }
            #expect(error.code == .connectionFailed)
        }
        try await eventually("all threads are gone") { try connectionThreads() == 0 }
        // The system's libraries open a descriptor or two for the process meanwhile, such as a timer for another clock; of the
        // connections, each kind would leave fifty at least.
        try await eventually("all descriptors are closed") { try descriptors() < before + 10 }
    }
}
