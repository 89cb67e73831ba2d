/// The type of an exchange.
public struct AMQPExchangeKind: Sendable, Hashable, RawRepresentable {
    /// The name as the broker spells it.
    public let rawValue: String

    /// Creates a kind, for exchange types that plugins add.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Routes by patterns over the words of the key.
    public static let topic = AMQPExchangeKind(rawValue: "topic")
    /// Routes by the exact key.
    public static let direct = AMQPExchangeKind(rawValue: "direct")
    /// Routes to every bound queue.
    public static let fanout = AMQPExchangeKind(rawValue: "fanout")
    /// Routes by headers.
    public static let headers = AMQPExchangeKind(rawValue: "headers")
}
