import Cron
import Foundation

extension TimeZoneDatabase {
    /// Where the package tzdata puts the database; the variable `TZDIR` names another folder.
    private static let standardFolder = "/usr/share/zoneinfo"

    /// No zone has a larger file; the largest today has 4 KB.
    private static let largestFile = 1 << 20

    /// The time zones that are installed on this machine.
    static func files() -> TimeZoneDatabase {
        let folder = ProcessInfo.processInfo.environment["TZDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? standardFolder
        return TimeZoneDatabase { name throws(Refusal) in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
                throw Refusal(
                    "There are no time zones on this machine (\(folder)); install the package tzdata, or write UTC.")
            }
            let path = "\(folder)/\(name)"
            guard let data = FileManager.default.contents(atPath: path), data.count <= largestFile else {
                let hint =
                    suggestion(for: name, in: folder).map { "Did you mean '\($0)'?" }
                    ?? "Some systems have old names in a package of their own, tzdata-legacy."
                throw Refusal(
                    "There is no time zone '\(name)' in \(folder); names are those of the IANA database, e.g. Europe/Berlin. "
                        + hint)
            }
            guard let rules = TimeZoneRules(tzif: Array(data)) else {
                throw Refusal(
                    "The file \(path) is no time zone; name another one, or install the package tzdata again.")
            }
            return rules
        }
    }

    /// The name that differs in nothing but upper and lower case, or lacks the region.
    private static func suggestion(for name: String, in folder: String) -> String? {
        guard let table = FileManager.default.contents(atPath: "\(folder)/zone.tab") else { return nil }
        let wanted = name.lowercased().replacing(" ", with: "_")
        for line in String(decoding: table, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
            let columns = line.split(separator: "\t")
            guard columns.count >= 3 else { continue }
            let known = columns[2].lowercased()
            if known == wanted || known.hasSuffix("/\(wanted)") { return String(columns[2]) }
        }
        return nil
    }
}
