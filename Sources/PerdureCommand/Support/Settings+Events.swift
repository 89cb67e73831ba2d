import Foundation
import WorkflowMessaging

extension Settings {
    /// Which events are published, and in what form.
    ///
    /// - Throws: `CommandFailure` for a mode that does not exist or a pattern that can match no event.
    func eventPublication() throws -> EventPublication {
        guard let mode = EventPublication.Mode(rawValue: self[.eventsMode]) else {
            throw CommandFailure(
                "The setting \(SettingKey.eventsMode.rawValue) must be each or batch; found '\(self[.eventsMode])'.")
        }
        let text = self[.eventsInclude].trimmingCharacters(in: .whitespaces)
        guard text != Self.emptyList else { return EventPublication(mode: mode, include: []) }
        do {
            let patterns = text.split(separator: ",", omittingEmptySubsequences: false)
            let include = try patterns.map { pattern throws(RoutingPatternError) in
                try RoutingPattern(forEvents: pattern.trimmingCharacters(in: .whitespaces))
            }
            return EventPublication(mode: mode, include: include)
        } catch {
            throw CommandFailure("The setting \(SettingKey.eventsInclude.rawValue): \(error.message)")
        }
    }

    /// How many days of events the database keeps; nil for all.
    ///
    /// - Throws: `CommandFailure` for anything but a whole number of at least 1 or `forever`.
    func eventKeepDays() throws -> Int? {
        self[.eventsKeepDays] == SettingKey.eventsKeepDays.standard
            ? nil : try integer(.eventsKeepDays, upTo: Self.mostKeepDays)
    }

    /// A hundred years.
    private static let mostKeepDays = 36_525
}
