// The time zone database is only in Foundation.
import Foundation

/// How far a time zone is ahead of UTC.
enum ZoneOffset {
    /// Seconds ahead of UTC of `UTC`, `+02:00`, `02:00` or a zone's name such as `Europe/Paris`.
    ///
    /// - Throws: `invalidArgument` for an unknown zone.
    static func seconds(zone: String, at timestamp: CELTimestamp) throws(CELError) -> Int64 {
        if zone == "UTC" { return 0 }
        if let fixed = fixedOffset(zone) { return fixed }
        guard let named = TimeZone(identifier: zone) else {
            throw CELError(.invalidArgument, "Unknown time zone '\(zone)'; write a name such as Europe/Paris or +02:00")
        }
        return Int64(named.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(timestamp.seconds))))
    }

    private static func fixedOffset(_ zone: String) -> Int64? {
        var reader = DigitReader(bytes: Array(zone.utf8))
        let isNegative = reader.skip("-")
        if !isNegative { _ = reader.skip("+") }
        guard let seconds = reader.hoursAndMinutes(), reader.isAtEnd else { return nil }
        return isNegative ? -seconds : seconds
    }
}
