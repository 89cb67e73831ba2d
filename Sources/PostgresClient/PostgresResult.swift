/// What one statement of a transaction gave: rows, or the number of rows it changed.
///
/// Holds a copy of everything; cheap to pass around.
public struct PostgresResult: Sendable, RandomAccessCollection {
    let storage: ResultStorage

    /// Rows changed by INSERT, UPDATE, DELETE or MERGE, or returned by SELECT.
    public var affectedRows: Int { storage.affectedRows }

    /// The names of the columns, empty when the statement returns no rows.
    public var columns: [String] { storage.columns.map(\.name) }

    /// The number of rows returned. Smaller than ``affectedRows`` when nothing was asked to be RETURNING.
    public var count: Int { storage.rowCount }

    /// Position of the first row.
    public var startIndex: Int { 0 }
    /// Position after the last row.
    public var endIndex: Int { storage.rowCount }

    /// The row at a position below ``count``.
    public subscript(position: Int) -> PostgresRow {
        precondition(position >= 0 && position < storage.rowCount, "row \(position) of \(storage.rowCount)")
        return PostgresRow(storage: storage, row: position)
    }

    /// The only row.
    ///
    /// - Throws: `decoding` when there are none or several.
    public func only() throws(PostgresError) -> PostgresRow {
        guard storage.rowCount == 1 else {
            throw PostgresError(
                code: .decoding, message: "the statement returned \(storage.rowCount) rows where one was expected")
        }
        return PostgresRow(storage: storage, row: 0)
    }
}
