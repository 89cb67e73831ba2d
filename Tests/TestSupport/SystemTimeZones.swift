import Cron
import Foundation

extension TimeZoneDatabase {
    /// The time zones of this machine.
    public static let system = TimeZoneDatabase { name throws(Refusal) in
        guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)"),
            let rules = TimeZoneRules(tzif: Array(data))
        else { throw Refusal("There is no time zone '\(name)'; install the package tzdata.") }
        return rules
    }
}
