import WorkflowMessaging

/// Settings of the product that a run may try out: the place for each one that changes what the engine does, such as how
/// events travel or what agents promise.
public struct RunVariant: Sendable, Equatable {
    /// Streams of commits of each coordinator; nil for the default.
    public var lanes: Int?

    /// Whether the definitions say that the agents only compute.
    public var isPure = false

    /// How events travel; nil for the default.
    public var eventsMode: EventPublication.Mode?

    /// The defaults.
    public init() {}

    /// The variant for a name in the table; empty for the defaults.
    var suffix: String {
        (isPure ? ", pure" : "") + (eventsMode == .batch ? ", batch" : "") + (lanes.map { ", \($0) lanes" } ?? "")
    }
}
