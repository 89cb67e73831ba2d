import TestSupport

extension SplitMix {
    /// A whole number from 0, below a bound.
    mutating func number(below bound: Int64) -> Int64 {
        bound <= 1 ? 0 : Int64(next() % UInt64(bound))
    }

    /// A whole number of a range.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// One of several.
    mutating func choice<Value>(_ values: [Value]) -> Value {
        values[Int(next() % UInt64(values.count))]
    }
}
