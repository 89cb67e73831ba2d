import ArgumentParser
import PerdureJSON
import WorkflowCore
import WorkflowMessaging

/// The flags of commands that ask something of an execution under way.
struct ControlOptions: ParsableArguments {
    @Argument(help: "The execution's id.")
    var execution: String

    @Option(
        help: ArgumentHelp("The idempotency key (message_id): a message seen twice is applied once.", valueName: "text")
    )
    var key: String?

    @Option(help: ArgumentHelp("How long to wait for the reply.", valueName: "seconds"))
    var timeout = 60

    @Flag(help: "Print JSON.")
    var json = false

    /// Sends the message, waits for what becomes of it and prints that.
    ///
    /// - Parameter done: What to print when it is done, instead of JSON.
    /// - Throws: `CommandFailure` with the reason when it is refused.
    func send(_ action: ControlAction, _ settings: Settings, done: (ExecutionID) -> String) async throws {
        guard let id = ExecutionID(execution) else {
            throw CommandFailure("The execution's id must be a UUID; found '\(execution)'.")
        }
        guard timeout > 0 else { throw CommandFailure("--timeout must be 1 or more; found '\(timeout)'.") }
        let request = ControlRequest(
            executionID: id, action: action, messageKey: key ?? SystemEnvironment.runtime.newExecutionID().description)
        let reply = try await RequestClient(settings, command: action.name).send(request, timeout: .seconds(timeout))
        switch ControlOutcome(json: reply) {
        case .applied: print(json ? reply.jsonText : done(id))
        case .refused(_, let message):
            if json { print(reply.jsonText) }
            throw CommandFailure(message)
        case nil: throw CommandFailure("The reply cannot be read; use the `perdure` of the coordinators' version.")
        }
    }
}
