import ArgumentParser
import Logging

/// The flags that every command has.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("PostgreSQL (DATABASE_URL).", valueName: "url"))
    var databaseURL: String?

    @Option(help: ArgumentHelp("RabbitMQ (AMQP_URL).", valueName: "url"))
    var amqpURL: String?

    @Option(help: ArgumentHelp("What exchange and queue names begin with.", valueName: "name"))
    var prefix: String?

    @Option(help: ArgumentHelp("The folder with the workflow definitions.", valueName: "folder"))
    var workflows: String?

    @Option(help: ArgumentHelp("Settings from this file instead of config/perdure.yaml.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("text or json.", valueName: "format"))
    var logFormat: String?

    /// The settings in force.
    func settings(_ more: [SettingKey: String] = [:]) throws -> Settings {
        var flags = more
        flags[.databaseURL] = databaseURL
        flags[.amqpURL] = amqpURL
        flags[.amqpPrefix] = prefix
        flags[.workflowsDirectory] = workflows
        flags[.logLevel] = logLevel
        flags[.logFormat] = logFormat
        return try Settings(flags: flags, configFile: config)
    }
}
