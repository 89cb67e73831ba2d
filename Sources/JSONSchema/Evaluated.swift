import PerdureJSON

/// Which parts of a value the keywords of a schema have looked at; only `unevaluated…` asks.
struct Evaluated {
    var allProperties = false
    var properties: Set<ExactKey> = []
    var allItems = false
    /// The items before this index.
    var itemPrefix = 0
    /// Single items, which `contains` found.
    var items: Set<Int> = []

    mutating func formUnion(_ other: Evaluated) {
        allProperties = allProperties || other.allProperties
        properties.formUnion(other.properties)
        allItems = allItems || other.allItems
        itemPrefix = max(itemPrefix, other.itemPrefix)
        items.formUnion(other.items)
    }
}
