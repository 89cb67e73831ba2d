import ArgumentParser
import PerdureJSON
import WorkflowCore

struct Signal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a signal to an execution that is under way.",
        discussion: "It is kept until a step takes it. Exit status 0 only when the execution has it."
    )

    @OptionGroup var options: SettingsOptions
    @OptionGroup var control: ControlOptions

    @Argument(help: "The signal's name.")
    var name: String

    @Option(help: ArgumentHelp("What comes with it, as JSON, @FILE, or - for standard input.", valueName: "json"))
    var payload: String?

    func run() async throws {
        let payload = try payload.map { try RequestOptions.json($0, flag: "--payload") } ?? .null
        try await control.send(.signal(name: name, payload: payload), try options.settings()) {
            "Signalled '\(name)' to \($0)."
        }
    }
}
