/// Reads `numeric`: digits to the base 10,000 behind their number, weight, sign and scale (`numeric_send`).
enum NumericDecoder {
    private static let base: Int64 = 10_000
    private static let headerBytes = 8

    /// The value when it is whole and fits, nil otherwise.
    static func int64(_ cell: PostgresCell) -> Int64? {
        guard let header = header(cell), let isNegative = header.isNegative else { return nil }
        var value: Int64 = 0
        for index in 0..<max(header.digits, header.weight + 1) {
            let digit = index < header.digits ? Int64(digit(index, of: cell)) : 0
            if index > header.weight {
                // A digit behind the decimal point.
                if digit != 0 { return nil }
                continue
            }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: base)
            // Built on the negative side, which reaches one further.
            let (sum, overflowToo) = scaled.subtractingReportingOverflow(digit)
            if overflow || overflowToo { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// The nearest value; NaN and infinities are kept.
    static func double(_ cell: PostgresCell) -> Double? {
        guard let header = header(cell) else { return nil }
        guard let isNegative = header.isNegative else {
            switch header.sign {
            case 0xD000: return .infinity
            case 0xF000: return -.infinity
            case 0xC000: return .nan
            default: return nil
            }
        }
        // Decimal text is the exact way: powers of a base of ten are not exact in binary.
        var text = isNegative ? "-0" : "0"
        for index in 0..<header.digits {
            let digit = String(digit(index, of: cell))
            text += String(repeating: "0", count: max(0, 4 - digit.count)) + digit
        }
        text += "e\((header.weight + 1 - header.digits) * 4)"
        return Double(text)
    }

    private struct Header {
        let digits: Int
        let weight: Int
        let sign: UInt16
        /// nil for NaN and infinities.
        var isNegative: Bool? { sign == 0 ? false : sign == 0x4000 ? true : nil }
    }

    private static func header(_ cell: PostgresCell) -> Header? {
        guard cell.count >= headerBytes else { return nil }
        let digits = Int(cell.load(0, as: Int16.self))
        guard digits >= 0, cell.count == headerBytes + 2 * digits else { return nil }
        return Header(digits: digits, weight: Int(cell.load(2, as: Int16.self)), sign: cell.load(4))
    }

    private static func digit(_ index: Int, of cell: PostgresCell) -> Int16 {
        cell.load(headerBytes + 2 * index)
    }
}
