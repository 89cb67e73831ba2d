/// Where to begin to read a stream queue: the consumer argument `x-stream-offset`. Streams need a prefetch and
/// acknowledgements, which are credit there.
public enum AMQPStreamOffset: Sendable, Hashable {
    /// The first message that is still kept.
    case first
    /// The last chunk of messages.
    case last
    /// Only what comes from now on.
    case next
    /// A known position; reading begins at the chunk that holds it, so skip the offsets before it.
    case offset(Int64)
    /// A point in time, in seconds since 1970; to the chunk.
    case timestamp(Int64)

    /// The value of the argument.
    public var argument: AMQPTableValue {
        switch self {
        case .first: .string("first")
        case .last: .string("last")
        case .next: .string("next")
        case .offset(let offset): .int64(offset)
        case .timestamp(let seconds): .timestamp(seconds)
        }
    }

    /// The arguments of a consumer that begins here.
    public var consumerArguments: AMQPTable { ["x-stream-offset": argument] }
}
