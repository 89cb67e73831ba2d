import ArgumentParser
import Synchronization
import WorkflowAgents
import WorkflowCore

/// The whole command line, with agents of your own.
///
/// ```swift
/// import PerdureCommand
///
/// await PerdureProgram.main(agents: [Shout()])
/// ```
///
/// An executable with this in its `main.swift` is `perdure` as it ships, and its workflows may use the agent `shout`.
public enum PerdureProgram {
    private static let registered = Mutex(AgentRegistry(BuiltInAgents.all))

    /// Runs the command that the arguments of the process name, then ends the process.
    ///
    /// - Parameter agents: Agents beside the built-in ones; one with the name of a built-in agent takes its place.
    public static func main(agents: [any Agent]) async {
        HeapArenas.limitToCores()
        registered.withLock { registry in
            for agent in agents { registry.register(agent) }
        }
        do {
            var command = try RootCommand.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            RootCommand.exit(withError: CommandFailure.readable(error))
        }
    }

    /// The agents that definitions may use.
    static var agents: AgentRegistry { registered.withLock { $0 } }
}

/// `perdure` without a subcommand: the help.
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perdure",
        abstract: "Durable workflow execution on RabbitMQ and PostgreSQL.",
        discussion: """
            Try `perdure dev` in one terminal and \
            `perdure run document_analysis --input '{"text":"…"}'` in another.
            """,
        version: "0.1.0",
        subcommands: [
            Dev.self, Run.self, Serve.self, Submit.self, Events.self, List.self, Show.self, Signal.self,
            Cancel.self, Workflows.self, Test.self, Dead.self, Migrate.self, Config.self, Bench.self, BenchWorker.self,
        ]
    )
}
