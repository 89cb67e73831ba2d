/// What kind of thing an entity names.
public enum EntityType: String, Sendable, CaseIterable {
    /// A calendar date, a part of one, or a day relative to the text's own: `12 March 2024`, `March 2024`, `last
    /// Friday`.
    case date
    /// A time of day.
    case time
    /// An amount of money.
    case money
    /// A percentage.
    case percentage
    /// An e-mail address.
    case email
    /// A web address with its scheme, or one that begins with `www.`.
    case url
    /// A telephone number.
    case phone
    /// A person, without title.
    case person
    /// A company, authority, party, institution or the like.
    case organization
    /// A country, region, town, water, mountain, street or the like.
    case place
}
