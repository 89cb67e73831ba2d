import ArgumentParser
import PostgresClient
import WorkflowStore

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create or upgrade the tables.", discussion: "Safe to run again, and at the same time elsewhere."
    )

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Print the SQL instead of running it.")
    var printSql = false

    func run() async throws {
        if printSql {
            print(SchemaMigration.schema)
            return
        }
        let before = try await Database.query(try options.settings()) { connection throws(PostgresError) in
            try await SchemaMigration.migrate(connection)
        }
        print(
            before == SchemaMigration.currentVersion
                ? "The tables are up to date (version \(before))."
                : "The tables are at version \(SchemaMigration.currentVersion) now (before: \(before == 0 ? "none" : "\(before)"))."
        )
    }
}
