import AMQPClient
import WorkflowMessaging

extension RequestClient {
    /// A client for a command, which gives its connection the name that an operator sees at the broker.
    init(_ settings: Settings, command: String) throws {
        self.init(
            configuration: try AMQPConfiguration(url: settings[.amqpURL], connectionName: "perdure \(command)"),
            topology: Topology(prefix: settings[.amqpPrefix]), environment: SystemEnvironment.runtime
        )
    }
}
