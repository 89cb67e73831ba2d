/// The purposes for which the servers listen on loopback ports.
public enum LocalPort: String, CaseIterable, Sendable {
    /// PostgreSQL.
    case postgres
    /// AMQP 0.9.1.
    case amqp
    /// The management page and its HTTP interface.
    case management
    /// The stream protocol; used only with the plugin `rabbitmq_stream`.
    case stream
    /// Prometheus metrics of the broker; used only with the plugin `rabbitmq_prometheus`.
    case metrics
    /// Erlang distribution, which `rabbitmqctl` needs.
    case distribution
    /// The node's own Erlang port mapper.
    case portMapper = "port_mapper"
}
