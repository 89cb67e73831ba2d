import LinearRegex
import PerdureJSON

/// The values of `format` that are checked.
enum StringFormat: String, CaseIterable, Sendable {
    case date, time, duration, email, hostname, ipv4, ipv6, uri, uuid, regex
    case dateTime = "date-time"
    case uriReference = "uri-reference"
    case jsonPointer = "json-pointer"

    /// Whether the text has this format.
    func accepts(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return switch self {
        case .date: DateTimeFormat.isDate(bytes[...])
        case .time: DateTimeFormat.isTime(bytes[...])
        case .dateTime: DateTimeFormat.isDateTime(bytes[...])
        case .duration: DateTimeFormat.isDuration(bytes[...])
        case .email: NetworkFormat.isEmail(bytes[...])
        case .hostname: NetworkFormat.isHostname(bytes[...])
        case .ipv4: NetworkFormat.isIPv4(bytes[...])
        case .ipv6: NetworkFormat.isIPv6(bytes[...])
        case .uri: URIFormat.isURI(text)
        case .uriReference: URIFormat.isReference(text)
        case .uuid: Self.isUUID(bytes)
        case .jsonPointer: (try? JSONPointer(parsing: text)) != nil
        case .regex: Self.isRegex(text)
        }
    }

    /// What is expected, for a message.
    var summary: String {
        switch self {
        case .date: "a date such as 2024-02-29"
        case .time: "a time with offset such as 13:30:00Z"
        case .dateTime: "a date and time with offset such as 2024-02-29T13:30:00Z"
        case .duration: "an ISO 8601 duration such as P1DT12H"
        case .email: "an email address"
        case .hostname: "a host name"
        case .ipv4: "an IPv4 address"
        case .ipv6: "an IPv6 address"
        case .uri: "a URI with its scheme"
        case .uriReference: "a URI or relative reference"
        case .uuid: "a UUID"
        case .jsonPointer: "a JSON pointer"
        case .regex: "a regular expression"
        }
    }

    private static func isUUID(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : byte.hexDigitValue != nil
        }
    }

    // What our engine will not run, lookaround above all, is a regular expression nevertheless.
    private static func isRegex(_ text: String) -> Bool {
        do throws(LinearRegexError) {
            _ = try LinearRegex(text, dialect: .ecma)
            return true
        } catch {
            return error.code != .syntax
        }
    }
}
