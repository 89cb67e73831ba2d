import ArgumentParser

struct Workflows: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, check and show workflow definitions.",
        subcommands: [ListDefinitions.self, Validate.self, ShowDefinition.self], defaultSubcommand: ListDefinitions.self
    )
}
