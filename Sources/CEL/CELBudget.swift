/// The work left to one evaluation. A function of the host's receives it and charges what its arguments' size costs.
public struct CELBudget: Sendable {
    /// Bytes that cost one unit; small enough that no operation on strings is free in the long run.
    static let bytesPerUnit = 16

    private let limits: CELLimits
    /// Units spent so far.
    public private(set) var spentUnits = 0

    init(limits: CELLimits) { self.limits = limits }

    /// Spends units of work.
    ///
    /// - Throws: `costExceeded` once the limit is passed.
    @inline(__always)
    public mutating func charge(_ units: Int) throws(CELError) {
        let (total, overflow) = spentUnits.addingReportingOverflow(units)
        spentUnits = overflow ? .max : total
        guard spentUnits <= limits.maximumCostUnits else { throw Self.exceeded(limits.maximumCostUnits) }
    }

    /// Spends the units that reading or writing so many bytes costs.
    public mutating func charge(bytes: Int) throws(CELError) { try charge(bytes / Self.bytesPerUnit) }

    /// Spends the units of a string to be built and holds its length to the limit. Call it before building.
    public mutating func chargeString(bytes: Int) throws(CELError) {
        guard bytes <= limits.maximumStringBytes else {
            throw CELError(
                .tooLarge, "The expression builds a string of more than \(limits.maximumStringBytes) bytes")
        }
        try charge(bytes: bytes)
    }

    /// Spends the units of a list or map to be built and holds its length to the limit. Call it before building.
    public mutating func chargeAggregate(count: Int) throws(CELError) {
        try checkAggregate(count: count)
        try charge(count)
    }

    /// Holds the length of a growing list or map to the limit, without cost.
    func checkAggregate(count: Int) throws(CELError) {
        guard count <= limits.maximumElements else {
            throw CELError(
                .tooLarge, "The expression builds a list or map of more than \(limits.maximumElements) elements")
        }
    }

    private static func exceeded(_ maximum: Int) -> CELError {
        CELError(.costExceeded, "The expression costs more than the \(maximum) units that one evaluation may spend")
    }
}
