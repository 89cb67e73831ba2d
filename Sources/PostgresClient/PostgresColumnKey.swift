/// How a row's column is named: by its position from 0, or by its name.
///
/// `Int` and `String` are the two; a name is looked for from the left.
public protocol PostgresColumnKey: Sendable {
    /// The position of the column among `names`, or nil when there is none.
    func position(among names: PostgresColumnNames) -> Int?
}

extension Int: PostgresColumnKey {
    /// The position itself, when the row has that many columns.
    public func position(among names: PostgresColumnNames) -> Int? {
        self >= 0 && self < names.count ? self : nil
    }
}

extension String: PostgresColumnKey {
    /// The position of the first column of this name.
    public func position(among names: PostgresColumnNames) -> Int? {
        names.position(of: self)
    }
}
