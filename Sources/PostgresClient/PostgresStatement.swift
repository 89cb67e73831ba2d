/// One SQL statement with a name for logs and errors. Parameters are written `$1`, `$2`, ….
///
/// Each connection prepares it when it first needs it, within the same round trip. Make statements constants: a
/// connection keeps up to ``PostgresLimits/maxPreparedStatements`` of them.
public struct PostgresStatement: Sendable, Hashable {
    /// The name in logs and errors, such as `accept_executions`.
    public let name: String
    /// The SQL text of exactly one statement.
    public let sql: String

    /// A statement by its name and text.
    public init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }
}
