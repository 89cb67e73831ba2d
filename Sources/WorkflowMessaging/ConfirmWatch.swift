import AMQPClient

/// Notices that the broker takes messages and does not confirm them: a queue that has no leader, or hangs.
///
/// Nothing is done about it but to say so. What was published before may be in other queues already, so publishing it
/// again would double it there, and the broker confirms by itself when the queue is back.
struct ConfirmWatch {
    /// Time between two looks.
    static let interval = Duration.seconds(10)
    /// Looks at the same message before it is told of.
    static let patience = 3

    enum News: Equatable {
        /// It has waited for so long.
        case silent(AMQPUnconfirmed, since: Duration)
        /// What was told of has been answered.
        case confirming
    }

    private var oldest: AMQPUnconfirmed?
    private var looks = 0

    /// Takes note of what waits longest now.
    mutating func look(_ unconfirmed: AMQPUnconfirmed?) -> News? {
        if let unconfirmed, unconfirmed == oldest {
            looks += 1
            return looks == Self.patience ? .silent(unconfirmed, since: Self.interval * looks) : nil
        }
        defer { (oldest, looks) = (unconfirmed, 0) }
        return looks >= Self.patience ? .confirming : nil
    }
}
