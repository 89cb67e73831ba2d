import ArgumentParser
import WorkflowStore

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create or upgrade the tables.",
        discussion:
            "Safe to run again, and at the same time elsewhere. Stop the coordinators of an older version before an upgrade."
    )

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Print the SQL that creates the tables instead of running it.")
    var printSql = false

    func run() async throws {
        if printSql {
            print(SchemaMigration.schema)
            return
        }
        let before = try await Database.migrate(try options.settings())
        print(
            before == SchemaMigration.currentVersion
                ? "The tables are up to date (version \(before))."
                : "The tables are at version \(SchemaMigration.currentVersion) now (before: \(before == 0 ? "none" : "\(before)"))."
        )
    }
}
