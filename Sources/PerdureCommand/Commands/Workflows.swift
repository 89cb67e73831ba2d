import ArgumentParser
import WorkflowCore

struct Workflows: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, check and show workflow definitions.",
        subcommands: [ListDefinitions.self, Validate.self, ShowDefinition.self], defaultSubcommand: ListDefinitions.self
    )
}

extension WorkflowDefinition {
    /// When it is started by the clock next, in UTC.
    var nextTick: String? {
        schedule?.nextTick(after: SystemEnvironment.runtime.now()).map(WorkflowSchedule.text)
    }
}
