import Glibc
import PostgresClient
import TestSupport
import Testing

extension Stage {
    /// Puts a coordinator to sleep in the middle of its work: when this returns it stands still, has no commit under way, and
    /// what was asked for is in the tables.
    ///
    /// Whoever looks from outside may be slower than the work, so the coordinator runs and is looked at in turns.
    ///
    /// - Parameter query: Gives the number of things that must be there.
    func halt(_ process: Binary, with what: String, atLeast least: Int = 1, _ query: String) async throws {
        let connection = try await connect()
        // No session of the sleeper is still at work on what it had sent.
        let look = """
            SELECT CASE WHEN EXISTS (
                SELECT FROM pg_stat_activity
                WHERE application_name LIKE 'perdure %/\(process.pid)/%' AND state <> 'idle') THEN -1 ELSE (\(query)) END
            """
        let clock = ContinuousClock()
        var found = 0
        do {
            try await eventually("\(least) of: \(what); the last look found \(found)", every: .zero) {
                try #require(process.exitStatus == nil, "the coordinator ended: \(process.errors.suffix(600))")
                process.send(SIGSTOP)
                let began = clock.now
                // A commit of which a part is not sent yet cannot end now.
                for _ in 0..<20 {
                    found =
                        try await connection.queryText(look).rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? -1
                    if found >= least { return true }
                    if found >= 0 { break }
                    try await Task.sleep(for: .milliseconds(2))
                }
                process.send(SIGCONT)
                // As long as the look took, so that a slow look does not starve it.
                try await Task.sleep(for: max(.milliseconds(5), clock.now - began))
                return false
            }
            await connection.close()
        } catch {
            process.send(SIGCONT)
            await connection.close()
            throw error
        }
    }
}
