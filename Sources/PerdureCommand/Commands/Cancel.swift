import ArgumentParser
import WorkflowCore

struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End an execution that is under way.",
        discussion: """
            Its agents are no longer waited for, and its callers get the status CANCELLED. Exit status 0 only when it is \
            cancelled.
            """
    )

    @OptionGroup var options: SettingsOptions
    @OptionGroup var control: ControlOptions

    @Option(help: ArgumentHelp("Why; kept with the execution and sent to its callers.", valueName: "text"))
    var reason: String?

    func run() async throws {
        try await control.send(.cancel(reason: reason), try options.settings()) { "Cancelled \($0)." }
    }
}
