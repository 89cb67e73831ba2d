/// Limits of AMQP 0.9.1 and of what this room writes.
enum WireLimits {
    /// A short string has one length byte.
    static let shortStringBytes = 255
    /// The frame size asked for: what RabbitMQ offers by default. A method or a header must fit into one frame.
    static let frameBytes = 131_072
    /// What a frame holds besides its payload, and a content header besides its properties, rounded up.
    static let frameOverheadBytes = 64
    /// Tables nested deeper than this are refused on the way out, and read as null on the way in, so that hostile
    /// input cannot exhaust the stack.
    static let tableDepth = 32
    /// Room set aside for a body before its bytes arrive; more only as they do, since the size is the peer's word.
    static let bodyReservationBytes = 16 * 1024 * 1024
    /// The one channel of a connection.
    static let channel: UInt16 = 1
}
