/// How long each of many requests took, exactly: every sample is kept, so no bucket rounds a percentile.
///
/// Eight bytes a sample; a run of a million requests needs eight megabytes, and sorting them takes a tenth of a second
/// after the measurement.
public struct LatencySamples: Sendable {
    private let sorted: [UInt64]

    /// Samples in nanoseconds, in any order.
    public init(nanoseconds: [UInt64]) {
        sorted = nanoseconds.sorted()
    }

    /// How many there are.
    public var count: Int { sorted.count }

    /// The longest, in nanoseconds; nil without samples.
    public var maximum: UInt64? { sorted.last }

    /// The sample that so large a share of all samples does not exceed (the nearest-rank definition: always one that
    /// was really measured), in nanoseconds; nil without samples.
    ///
    /// - Parameter share: From 0 to 1; 0.99 is what is called p99.
    public func percentile(_ share: Double) -> UInt64? {
        guard !sorted.isEmpty else { return nil }
        // A share such as 0.99 of 200 must be rank 198, although 0.99 * 200 is a little more as a double.
        let rank = (min(max(share, 0), 1) * Double(sorted.count) - 1e-9).rounded(.up)
        return sorted[max(0, Int(rank) - 1)]
    }
}
