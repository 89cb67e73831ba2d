import FoundationEssentials
import PerdureJSON
import PostgresClient

/// What the figures were measured on: without it they mean nothing.
public struct MachineDescription: Sendable, Equatable {
    /// The processor's name.
    public let processor: String
    /// Cores that the system shows.
    public let cores: Int
    /// Gigabytes of memory.
    public let memoryGigabytes: Int
    /// The kernel.
    public let kernel: String
    /// PostgreSQL's version and the settings that decide how durable a commit is.
    public let database: String
    /// Whether this program was built with optimisation; without it, figures mean nothing either.
    public let isOptimised: Bool

    /// Looks at this machine, and asks the database.
    static func current(_ database: PostgresConnection) async throws -> MachineDescription {
        let cpu = ProcFile.text("/proc/cpuinfo")?.split(separator: "\n") ?? []
        let memory = ProcFile.text("/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemTotal") }
        let kilobytes = memory?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let row = try await database.queryText(
            """
            SELECT 'PostgreSQL ' || current_setting('server_version') || ', fsync ' || current_setting('fsync')
                   || ', synchronous_commit ' || current_setting('synchronous_commit')
                   || ', shared_buffers ' || current_setting('shared_buffers')
            """)
        return MachineDescription(
            processor: cpu.first { $0.hasPrefix("model name") }?.split(separator: ":").last
                .map { $0.drop { $0 == " " } }.map(String.init) ?? "unknown",
            cores: cpu.count { $0.hasPrefix("processor") },
            memoryGigabytes: (kilobytes + 512 << 10) >> 20,
            kernel: (ProcFile.text("/proc/sys/kernel/osrelease") ?? "unknown").filter { $0 != "\n" },
            database: row.rows.first?.first.flatMap { $0 } ?? "",
            isOptimised: optimised
        )
    }

    private static var optimised: Bool {
        #if DEBUG
        false
        #else
        true
        #endif
    }

    /// For a program.
    var json: JSONValue {
        [
            "processor": .string(processor), "cores": .int(Int64(cores)),
            "memory_gigabytes": .int(Int64(memoryGigabytes)), "kernel": .string(kernel),
            "database": .string(database), "optimised": .bool(isOptimised),
        ]
    }

    /// For people, in one line.
    public var line: String {
        "\(processor), \(cores) cores, \(memoryGigabytes) GB, Linux \(kernel); \(database)"
            + (isOptimised ? "" : "; a debugging build, so the figures say nothing about speed")
    }
}
