extension JSONParser {
    /// Powers of ten that a double holds exactly.
    private static let exactPowersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
    /// Up to here integers are exact in a double.
    private static let exactIntegerLimit: UInt64 = 1 << 53
    /// An exponent with more digits is settled by the slow path, without overflow here.
    private static let exponentCap = 100_000

    /// Reads a number; the grammar is checked before any conversion.
    mutating func parseNumber() throws(Failure) -> JSONValue {
        let start = position
        let isNegative = source[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var magnitude: UInt64 = 0
        var overflows = false
        guard let first = digit() else { throw malformedNumber() }
        if first == 0 {
            position += 1
            if digit() != nil { throw failure(.syntax, "A number must not have leading zeros.") }
        } else {
            accumulateDigits(&magnitude, &overflows)
        }
        var fractionDigits = 0
        var isInteger = true
        if position < source.count, source[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            let fractionStart = position
            accumulateDigits(&magnitude, &overflows)
            fractionDigits = position - fractionStart
            guard fractionDigits > 0 else { throw malformedNumber() }
        }
        var exponent = 0
        if position < source.count, source[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            exponent = try parseExponent()
        }
        if isInteger, !overflows {
            if isNegative, magnitude <= UInt64(Int64.max) + 1 { return .int(Int64(truncatingIfNeeded: 0 &- magnitude)) }
            if !isNegative, magnitude <= UInt64(Int64.max) { return .int(Int64(magnitude)) }
        }
        let scale = exponent - fractionDigits
        if !overflows, magnitude <= Self.exactIntegerLimit, abs(scale) < Self.exactPowersOfTen.count {
            // Both operands are exact, so the one rounding of IEEE 754 gives the nearest double (W. D. Clinger, 1990).
            let power = Self.exactPowersOfTen[abs(scale)]
            let value = scale < 0 ? Double(magnitude) / power : Double(magnitude) * power
            return .double(isNegative ? -value : value)
        }
        return .double(try convertSlowly(start))
    }

    private mutating func accumulateDigits(_ magnitude: inout UInt64, _ overflows: inout Bool) {
        while let next = digit() {
            if !overflows {
                let (tenfold, tooBig) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, carries) = tenfold.addingReportingOverflow(UInt64(next))
                overflows = tooBig || carries
                magnitude = sum
            }
            position += 1
        }
    }

    private mutating func parseExponent() throws(Failure) -> Int {
        var isNegative = false
        if position < source.count, source[position] == UInt8(ascii: "+") || source[position] == UInt8(ascii: "-") {
            isNegative = source[position] == UInt8(ascii: "-")
            position += 1
        }
        guard digit() != nil else { throw malformedNumber() }
        var exponent = 0
        while let next = digit() {
            if exponent < Self.exponentCap { exponent = exponent * 10 + Int(next) }
            position += 1
        }
        return isNegative ? -exponent : exponent
    }

    private func convertSlowly(_ start: Int) throws(Failure) -> Double {
        let text = String(decoding: UnsafeBufferPointer(rebasing: source[start..<position]), as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            let message = "A number is beyond the range of a double; send it as a string."
            throw Failure(code: .numberOutOfRange, offset: start, message: message)
        }
        return value
    }

    @inline(__always)
    private func digit() -> UInt8? {
        guard position < source.count else { return nil }
        let value = source[position] &- UInt8(ascii: "0")
        return value <= 9 ? value : nil
    }

    private func malformedNumber() -> Failure {
        position < source.count ? failure(.syntax, "A digit was expected here in a number.") : unexpectedEnd()
    }
}
