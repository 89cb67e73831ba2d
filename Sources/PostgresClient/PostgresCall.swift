/// A statement with its parameters: one step of a transaction.
public struct PostgresCall: Sendable, Equatable {
    /// What to run.
    public let statement: PostgresStatement
    /// The values of `$1`, `$2`, ….
    public let parameters: [PostgresValue]

    /// A call of `statement` with the values of `$1`, `$2`, ….
    public init(_ statement: PostgresStatement, _ parameters: [PostgresValue] = []) {
        self.statement = statement
        self.parameters = parameters
    }
}
