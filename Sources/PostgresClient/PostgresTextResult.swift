/// What one statement of a script gave, every value as the server's text.
public struct PostgresTextResult: Sendable, Equatable {
    /// The names of the columns, empty when the statement returns no rows.
    public let columns: [String]
    /// The rows; nil is NULL.
    public let rows: [[String?]]
    /// What the server calls the command, such as `INSERT 0 3`.
    public let commandTag: String
    /// Rows changed or returned.
    public let affectedRows: Int

    /// A result from its parts.
    public init(columns: [String], rows: [[String?]], commandTag: String, affectedRows: Int) {
        self.columns = columns
        self.rows = rows
        self.commandTag = commandTag
        self.affectedRows = affectedRows
    }
}
