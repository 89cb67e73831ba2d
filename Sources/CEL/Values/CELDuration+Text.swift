extension CELDuration: CustomStringConvertible {
    private static let units: [(suffix: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Reads a span such as `1h30m`, `-1.5s` or `0`; nil if the text has another form or the span does not fit.
    public init?(text: String) {
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        if rest == "0" {
            self.init(nanoseconds: 0)
            return
        }
        guard !rest.isEmpty else { return nil }
        var total: UInt64 = 0
        while !rest.isEmpty {
            guard let part = Self.takePart(from: &rest) else { return nil }
            let sum = total.addingReportingOverflow(part)
            guard !sum.overflow else { return nil }
            total = sum.partialValue
        }
        guard total <= (isNegative ? Int64.min.magnitude : Int64.max.magnitude) else { return nil }
        self.init(nanoseconds: Int64(truncatingIfNeeded: isNegative ? 0 &- total : total))
    }

    /// The nanoseconds of a number with its unit.
    private static func takePart(from rest: inout Substring) -> UInt64? {
        let whole = takeDigits(from: &rest)
        var fraction: Substring = ""
        if rest.first == "." {
            rest.removeFirst()
            fraction = takeDigits(from: &rest)
        }
        guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
        let suffix = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(suffix.count)
        guard let unit = units.first(where: { $0.suffix == suffix })?.nanoseconds,
            let count = whole.isEmpty ? 0 : UInt64(whole)
        else { return nil }
        let product = count.multipliedReportingOverflow(by: unit)
        guard !product.overflow else { return nil }
        var nanoseconds = product.partialValue
        var scale = unit
        for digit in fraction {
            guard scale > 1 else { break }
            // Minutes and hours are not powers of ten, so a digit is scaled before it is divided.
            let part = UInt64(digit.wholeNumberValue ?? 0) * scale / 10
            let sum = nanoseconds.addingReportingOverflow(part)
            guard !sum.overflow else { return nil }
            nanoseconds = sum.partialValue
            scale /= 10
        }
        return nanoseconds
    }

    private static func takeDigits(from rest: inout Substring) -> Substring {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    /// The span in seconds with as many decimals as it needs, e.g. `60.001s`.
    public var description: String {
        let magnitude = nanoseconds.magnitude
        let seconds = magnitude / 1_000_000_000
        let fraction = CELTimestamp.fraction(nanoseconds: magnitude % 1_000_000_000)
        return "\(nanoseconds < 0 ? "-" : "")\(seconds)\(fraction)s"
    }
}
