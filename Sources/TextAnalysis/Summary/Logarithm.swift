/// A natural logarithm from basic arithmetic, so that scores are the same on every platform's mathematics library.
enum Logarithm {
    private static let naturalOf2 = 0.693147180559945309
    /// The series 2·(z + z³/3 + …), z ≤ 1/3, is exact to a double's precision by then.
    private static let seriesTerms = 18

    static func natural(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 0 }
        let z = (value.significand - 1) / (value.significand + 1)
        var power = z
        var sum = 0.0
        for term in 0..<seriesTerms {
            sum += power / Double(2 * term + 1)
            power *= z * z
        }
        return 2 * sum + Double(value.exponent) * naturalOf2
    }
}
