/// Whoever runs statements: a connection, a session or a pool.
public protocol PostgresExecutor: Sendable {
    /// Runs all calls as one transaction in one round trip and returns a result for each.
    ///
    /// - Throws: the error of the first call that failed, with its statement's name; nothing was changed then, unless
    ///   ``PostgresError/isOutcomeUnknown`` says otherwise. A cancelled task stops waiting at once, but what was sent
    ///   runs on.
    func transaction(_ calls: [PostgresCall]) async throws(PostgresError) -> [PostgresResult]

    /// Runs SQL text of any number of statements, without parameters, and returns a result for each.
    ///
    /// The statements form one transaction unless the text itself says BEGIN and COMMIT. COPY is not supported.
    @discardableResult
    func execute(script: String) async throws(PostgresError) -> [PostgresTextResult]
}

extension PostgresExecutor {
    /// Runs one statement as a transaction of its own.
    @discardableResult
    public func query(
        _ statement: PostgresStatement, _ parameters: [PostgresValue] = []
    ) async throws(PostgresError) -> PostgresResult {
        let results = try await transaction([PostgresCall(statement, parameters)])
        guard let result = results.first else {
            throw PostgresError(code: .protocolViolation, message: "the statement gave no result")
        }
        return result
    }

    /// Runs SQL text without parameters and returns the last statement's rows as text, like `psql`.
    public func queryText(_ sql: String) async throws(PostgresError) -> PostgresTextResult {
        let results = try await execute(script: sql)
        return results.last ?? PostgresTextResult(columns: [], rows: [], commandTag: "", affectedRows: 0)
    }
}
