import Testing

/// The suites that share one broker, and therefore run one after another.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct RealBroker {}
