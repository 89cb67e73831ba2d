/// A macro that goes over the elements of a list or the entries of a map.
struct Comprehension: Sendable {
    enum Kind: String, Sendable {
        case all
        case exists
        case existsOne
        /// A list of transformed elements.
        case map
        /// A list of the elements that the condition keeps.
        case filter
        /// The elements of a list in the order of what the transformation gives.
        case sortBy
        /// Two variables: a list of transformed elements.
        case transformList
        /// Two variables: a map with the same keys and transformed values.
        case transformMap
        /// Two variables: a map of the entries of the maps that the transformation gives.
        case transformMapEntry
    }

    let kind: Kind
    let range: Expression
    /// The element or the key; with a second variable, the index or the key.
    let first: String
    /// The element or the value of the two-variable forms.
    let second: String?
    let condition: Expression?
    let transform: Expression?
}
