/// Every setting there is: its name in YAML, its environment variable, what it means and what holds without it.
enum SettingKey: String, CaseIterable, Sendable {
    case databaseURL = "database.url"
    case amqpURL = "amqp.url"
    case amqpPrefix = "amqp.prefix"
    case amqpPrefetch = "amqp.prefetch"
    case workflowsDirectory = "workflows.directory"
    case eventsMode = "events.mode"
    case eventsInclude = "events.include"
    case eventsKeepDays = "events.keep_days"
    case coordinatorLease = "coordinator.lease"
    case coordinatorMaxInFlight = "coordinator.max_in_flight"
    case coordinatorLanes = "coordinator.lanes"
    case coordinatorMaxBatch = "coordinator.max_batch"
    case coordinatorAgentThreads = "coordinator.agent_threads"
    case coordinatorDrainDeadline = "coordinator.drain_deadline"
    case agentLimits = "agents.limits"
    case dataDirectory = "data.directory"
    case logLevel = "log.level"
    case logFormat = "log.format"

    /// Whether it holds several values: a list in YAML, separated by commas elsewhere.
    var isList: Bool { self == .eventsInclude }

    /// The environment variable. The two URLs go by the names that every platform knows.
    var environmentName: String {
        switch self {
        case .databaseURL: "DATABASE_URL"
        case .amqpURL: "AMQP_URL"
        default: "PERDURE_" + rawValue.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
        }
    }

    /// What holds when nothing is said.
    var standard: String {
        switch self {
        case .databaseURL: "postgresql://workflow:workflow@127.0.0.1:5432/workflow"
        case .amqpURL: "amqp://workflow:workflow@127.0.0.1:5672/%2F"
        case .amqpPrefix: "workflow"
        case .amqpPrefetch: "500"
        case .workflowsDirectory: "config/workflows"
        case .eventsMode: "each"
        case .eventsInclude: "#"
        case .eventsKeepDays: "forever"
        case .coordinatorLease: "6s"
        case .coordinatorMaxInFlight: "10000"
        case .coordinatorLanes: "2"
        case .coordinatorMaxBatch: "200"
        case .coordinatorAgentThreads: "2"
        case .coordinatorDrainDeadline: "10s"
        case .agentLimits: "none"
        case .dataDirectory: ".perdure"
        case .logLevel: "info"
        case .logFormat: "text"
        }
    }

    /// What it is for, in a few words.
    var meaning: String {
        switch self {
        case .databaseURL: "PostgreSQL: a URL or libpq connection string; sslmode=… for TLS"
        case .amqpURL: "RabbitMQ: amqp:// or amqps://, the path is the virtual host"
        case .amqpPrefix: "what the names of exchanges and queues begin with"
        case .amqpPrefetch: "requests delivered and not yet committed"
        case .workflowsDirectory: "where the definitions are (*.yaml, *.yml)"
        case .eventsMode: "each: a message for each event; batch: one for all that a commit holds for an execution"
        case .eventsKeepDays: "days of events kept in the database, or forever"
        case .eventsInclude: "patterns of the events that are published, or none; the tables have all of them"
        case .coordinatorLease: "how long an execution stays with a coordinator that gives no sign of life"
        case .coordinatorMaxInFlight:
            "executions of one workflow under way in one coordinator, and an eighth more of all together"
        case .coordinatorLanes: "streams of commits, each with a database connection"
        case .coordinatorMaxBatch: "arrivals that share one commit at most"
        case .coordinatorAgentThreads: "threads on which agents compute"
        case .coordinatorDrainDeadline: "how long a shutdown waits for agents at work"
        case .agentLimits: "calls of an agent at work at once in one coordinator, e.g. summarize=4,other=10"
        case .dataDirectory: "where `perdure dev` keeps its private servers"
        case .logLevel: "trace, debug, info, notice, warning, error or critical"
        case .logFormat: "text or json"
        }
    }
}
