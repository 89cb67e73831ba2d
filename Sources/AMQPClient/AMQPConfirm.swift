/// A confirm of the broker for one or several published messages.
public struct AMQPConfirm: Sendable, Hashable {
    /// The number of the message, counted from 1 since confirms were selected on the channel.
    public var sequence: UInt64
    /// Whether all unconfirmed messages up to this number are meant.
    public var multiple: Bool
    /// Whether the broker took them (`basic.ack`) or refused (`basic.nack`).
    public var accepted: Bool

    /// Creates a confirm.
    public init(sequence: UInt64, multiple: Bool, accepted: Bool) {
        self.sequence = sequence
        self.multiple = multiple
        self.accepted = accepted
    }
}
