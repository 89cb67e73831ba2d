import CLibPQ

extension PostgresTextResult {
    /// Copies a successful result in text form, which stays the caller's to clear.
    init(copying result: OpaquePointer) {
        let columnCount = PQnfields(result)
        let columns = (0..<columnCount).map { PQfname(result, $0).map { String(cString: $0) } ?? "" }
        let rows = (0..<PQntuples(result)).map { row in
            (0..<columnCount).map { column -> String? in
                guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
                    return nil
                }
                return String(cString: value)
            }
        }
        self.init(
            columns: columns, rows: rows, commandTag: PQcmdStatus(result).map { String(cString: $0) } ?? "",
            affectedRows: PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0)
    }
}
