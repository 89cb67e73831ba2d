/// Decimal numbers as digits, so that no amount is rounded on its way through a binary fraction.
enum DecimalText {
    /// `1,234.50` as `1234.5`; times a power of ten.
    static func normalize(_ number: String, timesTenTo power: Int = 0) -> String {
        let parts = number.filter { $0 != "," }.split(separator: ".", omittingEmptySubsequences: false)
        var whole = String(parts.first ?? "")
        var fraction = parts.count > 1 ? String(parts[1]) : ""
        for _ in 0..<power {
            whole.append(fraction.isEmpty ? "0" : fraction.removeFirst())
        }
        while fraction.last == "0" { fraction.removeLast() }
        let digits = whole.drop { $0 == "0" }
        whole = digits.isEmpty ? "0" : String(digits)
        return fraction.isEmpty ? whole : whole + "." + fraction
    }
}
