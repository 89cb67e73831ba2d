import ArgumentParser

/// The one binary.
@main
struct Perdure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perdure",
        abstract: "Durable workflow execution on RabbitMQ and PostgreSQL.",
        discussion:
            "Try `perdure dev` in one terminal and `perdure run document_analysis --input '{\"text\":\"…\"}'` in another.",
        version: "0.1.0",
        subcommands: [
            Dev.self, Run.self, Serve.self, Submit.self, Events.self, List.self, Show.self, Workflows.self, Dead.self,
            Migrate.self, Config.self,
        ]
    )
}
