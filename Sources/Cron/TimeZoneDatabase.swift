/// Where the rules of time zones come from, by the names of the IANA database (`Europe/Berlin`).
public struct TimeZoneDatabase: Sendable {
    /// Why there are no rules: one sentence that says what to write or install.
    public struct Refusal: Error, Sendable, Hashable {
        /// The sentence.
        public let message: String

        /// A refusal.
        public init(_ message: String) { self.message = message }
    }

    private let read: @Sendable (String) throws(Refusal) -> TimeZoneRules

    /// A database.
    ///
    /// - Parameter read: Gives the rules of a zone. It is asked for names that are well formed and not UTC.
    public init(_ read: @escaping @Sendable (String) throws(Refusal) -> TimeZoneRules) {
        self.read = read
    }

    /// One that has UTC and nothing else.
    public static let utcOnly = TimeZoneDatabase { name throws(Refusal) in
        throw Refusal("The time zone '\(name)' is not known here; only UTC is.")
    }

    /// One that takes any name for UTC: for what was checked before and is not run by the clock any more.
    public static let unchecked = TimeZoneDatabase { _ throws(Refusal) in .utc }

    /// The rules of a zone.
    ///
    /// - Throws: `Refusal` when there are none of this name.
    public func rules(of name: String) throws(Refusal) -> TimeZoneRules {
        if name == "UTC" || name == "Etc/UTC" { return .utc }
        guard Self.isName(name) else {
            throw Refusal("A time zone has a name of the IANA database, e.g. Europe/Berlin or UTC.")
        }
        return try read(name)
    }

    /// Whether a text may name a zone: parts of letters, digits, `_`, `+` and `-` with slashes between them. No name leads out
    /// of the folder of the database.
    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 64 else { return false }
        return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.utf8.first, (0x41...0x5A).contains(first & ~0x20) else { return false }
            return part.utf8.allSatisfy {
                (0x41...0x5A).contains($0 & ~0x20) || (0x30...0x39).contains($0) || "_+-".utf8.contains($0)
            }
        }
    }
}
