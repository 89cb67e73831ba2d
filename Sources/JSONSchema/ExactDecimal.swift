import PerdureJSON

/// A number as the decimal that JSON wrote, so that 0.3 is a multiple of 0.1.
struct ExactDecimal: Sendable {
    /// The digits, without trailing zeros unless the number is zero.
    private let digits: UInt64
    private let exponent: Int

    /// The absolute value of a number; nil for anything else.
    init?(_ value: JSONValue) {
        switch value {
        case .int(let integer): self.init(digits: integer.magnitude, exponent: 0)
        case .double(let number):
            guard number.isFinite else { return nil }
            // The shortest form has at most 17 digits, which fit 64 bits.
            var digits: UInt64 = 0
            var exponent = 0
            var isFraction = false
            var rest = number.magnitude.description.utf8[...]
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "."): isFraction = true
                case UInt8(ascii: "e"):
                    exponent += Int(String(decoding: rest, as: UTF8.self)) ?? 0
                    rest = rest[rest.endIndex...]
                default:
                    // "12345678901234567000.0": zeros beyond 64 bits only raise the exponent.
                    let (tenfold, overflows) = digits.multipliedReportingOverflow(by: 10)
                    let (sum, carries) = tenfold.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
                    if overflows || carries {
                        exponent += isFraction ? 0 : 1
                    } else {
                        digits = sum
                        exponent -= isFraction ? 1 : 0
                    }
                }
            }
            self.init(digits: digits, exponent: exponent)
        default: return nil
        }
    }

    private init(digits: UInt64, exponent: Int) {
        var digits = digits
        var exponent = digits == 0 ? 0 : exponent
        while digits != 0, digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        self.digits = digits
        self.exponent = exponent
    }

    var isZero: Bool { digits == 0 }

    /// Whether this is a whole multiple of `divisor`, which must not be zero.
    func isMultiple(of divisor: ExactDecimal) -> Bool {
        guard digits != 0 else { return true }
        let shift = exponent - divisor.exponent
        if shift >= 0 {
            var remainder = digits % divisor.digits
            for _ in 0..<shift where remainder != 0 {
                let (high, low) = remainder.multipliedFullWidth(by: 10)
                remainder = divisor.digits.dividingFullWidth((high % divisor.digits, low)).remainder
            }
            return remainder == 0
        }
        // The divisor ends further left. Our digits end in no zero, so they are no multiple of any power of ten.
        return false
    }
}

extension Double {
    /// Whether there is no fraction.
    var isIntegral: Bool {
        guard isFinite else { return false }
        // From 2^53 on there is no bit left for one.
        return magnitude >= 0x1p53 || Double(Int64(self)) == self
    }
}

/// Exact comparison of JSON numbers, where rounding an integer to a double could change the answer.
enum NumberOrder {
    /// Negative, zero or positive as `left` is less than, equal to or greater than `right`; nil for other values.
    static func compare(_ left: JSONValue, _ right: JSONValue) -> Int? {
        switch (left, right) {
        case (.int(let a), .int(let b)): sign(a, b)
        case (.double(let a), .double(let b)): sign(a, b)
        case (.int(let a), .double(let b)): compare(a, b)
        case (.double(let a), .int(let b)): -compare(b, a)
        default: nil
        }
    }

    private static func compare(_ integer: Int64, _ number: Double) -> Int {
        if number >= 0x1p63 { return -1 }
        if number < -0x1p63 { return 1 }
        let truncated = Int64(number)
        return integer == truncated ? sign(Double(truncated), number) : sign(integer, truncated)
    }

    private static func sign<Number: Comparable>(_ a: Number, _ b: Number) -> Int { a < b ? -1 : (a == b ? 0 : 1) }
}
