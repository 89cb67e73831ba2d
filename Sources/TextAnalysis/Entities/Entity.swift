/// A stretch of a text that a rule took for a name, date, amount or address.
public struct Entity: Sendable, Equatable {
    /// What kind of thing it names.
    public let type: EntityType
    /// The stretch exactly as it stands in the text.
    public let text: String
    /// Where it begins, in Unicode code points (not bytes, UTF-16 units or characters) from the start of the text.
    public let start: Int
    /// Where it ends (exclusive), in Unicode code points.
    public let end: Int
    /// A canonical form where the text settles one, otherwise nil.
    ///
    /// - `date`: ISO 8601 (`2024-03-12`, `2024-03`, `2024`, or two of them with `/` between for a range)
    /// - `time`: `14:30` or `14:30:05`
    /// - `money`: ISO 4217 code and amount, `USD 1200000`
    /// - `percentage`: `12.5%`
    /// - `email`, `url`: scheme and host in small letters
    /// - `phone`: `+442079460958`; a national number is its digits alone
    /// - `person`, `organization`: the full name that a surname, a short form or initials stand for
    /// - `place`: the name, for `U.K.` and the like the one they stand for
    public let normalized: String?
}
