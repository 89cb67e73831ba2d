/// Which events are published, and how many in a message. The tables have all of them in any case.
public struct EventPublication: Sendable, Hashable {
    /// How events travel.
    public enum Mode: String, Sendable, CaseIterable {
        /// One message for each event.
        case each
        /// One message for all the events that a commit holds for one execution: far less work for the broker.
        case batch
    }

    /// How events travel.
    public var mode: Mode
    /// An event is published when one of these matches its routing key.
    public var include: [RoutingPattern]

    /// A publication; without arguments every event in a message of its own.
    public init(mode: Mode = .each, include: [RoutingPattern] = [.all]) {
        self.mode = mode
        self.include = include
    }

    /// Whether an event with this routing key is published.
    func includes(_ routingKey: String) -> Bool {
        include.contains { $0.matches(routingKey) }
    }
}
