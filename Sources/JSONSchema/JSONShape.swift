/// What a schema says about the form of its instances, as far as an expression checker can use it.
public indirect enum JSONShape: Sendable, Hashable {
    /// Nothing is known.
    case any
    /// Only `null`.
    case null
    /// `true` or `false`.
    case bool
    /// A number without fraction.
    case integer
    /// Any number.
    case number
    /// Text.
    case string
    /// A list whose elements all have this form.
    case array(JSONShape)
    /// Named members. When `isOpen` is false, a name that is not listed is a mistake.
    case object(properties: [String: JSONShape], required: Set<String>, isOpen: Bool)
}
