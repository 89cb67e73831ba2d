/// The names of a result's columns, as a ``PostgresColumnKey`` sees them.
public struct PostgresColumnNames: Sendable {
    let storage: ResultStorage

    /// The number of columns.
    public var count: Int { storage.columns.count }

    /// The position of the first column called `name`.
    public func position(of name: String) -> Int? {
        storage.columns.firstIndex { $0.name == name }
    }
}
