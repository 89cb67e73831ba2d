import CEL

/// Reads and writes durations as definitions write them: whole numbers with units, the larger units first, e.g. `1h30m`.
enum DurationText {
    private static let units: [(suffix: String, microseconds: Int64)] = [
        ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000),
    ]

    /// The longest duration: ten years, in microseconds. More is a slip of the pen, and adds up to no date.
    static let longest: Int64 = 3653 * 86_400_000_000

    /// Why a text is no duration.
    enum Problem: Error {
        /// It is something else.
        case form
        /// A unit comes twice, or after a smaller one.
        case order
        /// It is nothing.
        case zero
        /// It is more than `longest`.
        case tooLong
    }

    /// The microseconds of a duration, or nil when the text is none.
    static func microseconds(_ text: String) -> Int64? { try? parse(text) }

    /// The microseconds of a duration.
    static func parse(_ text: String) throws(Problem) -> Int64 {
        var rest = text.utf8[...]
        guard !rest.isEmpty else { throw .form }
        var total: Int64 = 0
        var lastUnit = Int64.max
        // What is said of a text is that it has the wrong form, if it does, whatever else is wrong with it.
        var problem: Problem?
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { (0x61...0x7A).contains($0) }
            let suffix = String(decoding: letters, as: UTF8.self)
            guard !digits.isEmpty, let unit = units.first(where: { $0.suffix == suffix }) else { throw .form }
            if unit.microseconds >= lastUnit { problem = problem ?? .order }
            rest = rest.dropFirst(letters.count)
            lastUnit = unit.microseconds
            // A number that does not fit is one more than is allowed.
            let number = Int64(String(decoding: digits, as: UTF8.self)) ?? .max
            let (product, overflow) = number.multipliedReportingOverflow(by: unit.microseconds)
            total = min(total + min(overflow ? .max : product, longest + 1), longest + 1)
        }
        if let problem { throw problem }
        guard total > 0 else { throw .zero }
        guard total <= longest else { throw .tooLong }
        return total
    }

    /// The microseconds of a duration as an expression gives it: written as here, or as CEL writes its durations, which may
    /// be negative. Nil when the text is none, or for more than ten years.
    static func span(_ text: String) -> Int64? {
        if let microseconds = microseconds(text) { return microseconds }
        guard let duration = CELDuration(text: text) else { return nil }
        let microseconds = duration.nanoseconds / 1000
        return microseconds <= longest ? microseconds : nil
    }

    /// The shortest text of a duration; below a millisecond it is rounded up.
    static func text(_ microseconds: Int64) -> String {
        var rest = max(1, (microseconds + 999) / 1000) * 1000
        var parts = ""
        for unit in units.reversed() where rest >= unit.microseconds {
            parts += "\(rest / unit.microseconds)\(unit.suffix)"
            rest %= unit.microseconds
        }
        return parts
    }
}
