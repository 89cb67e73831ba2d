/// A call ready for the wire. Encoded by the caller, so that the connection's thread only copies.
struct EncodedCall: Sendable {
    let statement: PostgresStatement
    let types: [PostgresTypeOID]
    /// All parameters one after the other, and one byte more so that the buffer always has an address.
    let bytes: [UInt8]
    /// Where each parameter lies; nil is NULL.
    let ranges: [Range<Int>?]

    /// - Throws: `invalidStatement` when a limit is broken or the SQL contains a zero byte.
    init(_ call: PostgresCall) throws(PostgresError) {
        guard call.parameters.count <= PostgresLimits.maxParameters else {
            throw Self.invalid(
                call.statement,
                "has \(call.parameters.count) parameters, send at most"
                    + " \(PostgresLimits.maxParameters) or pass arrays")
        }
        guard !call.statement.sql.utf8.contains(0) else {
            throw Self.invalid(call.statement, "has a zero byte in its SQL text, remove it")
        }
        var bytes: [UInt8] = []
        var ranges: [Range<Int>?] = []
        ranges.reserveCapacity(call.parameters.count)
        for parameter in call.parameters {
            let start = bytes.count
            ranges.append(parameter.append(to: &bytes) ? start..<bytes.count : nil)
            if bytes.count > PostgresLimits.maxTransactionBytes {
                throw Self.invalid(
                    call.statement,
                    "has more than \(PostgresLimits.maxTransactionBytes) bytes of parameters,"
                        + " send smaller batches")
            }
        }
        bytes.append(0)
        self.statement = call.statement
        self.types = call.parameters.map(\.type)
        self.bytes = bytes
        self.ranges = ranges
    }

    /// Encodes a whole transaction.
    ///
    /// - Throws: `invalidStatement` when a limit is broken.
    static func encode(_ calls: [PostgresCall]) throws(PostgresError) -> [EncodedCall] {
        guard calls.count <= PostgresLimits.maxCallsPerTransaction else {
            throw PostgresError(
                code: .invalidStatement,
                message: "the transaction has \(calls.count) statements, send at most"
                    + " \(PostgresLimits.maxCallsPerTransaction) or pass arrays to fewer")
        }
        var encoded: [EncodedCall] = []
        encoded.reserveCapacity(calls.count)
        var total = 0
        for call in calls {
            let next = try EncodedCall(call)
            total += next.bytes.count
            guard total <= PostgresLimits.maxTransactionBytes else {
                throw invalid(
                    call.statement,
                    "brings its transaction over \(PostgresLimits.maxTransactionBytes) bytes,"
                        + " send smaller batches")
            }
            encoded.append(next)
        }
        return encoded
    }

    private static func invalid(_ statement: PostgresStatement, _ reason: String) -> PostgresError {
        PostgresError(
            code: .invalidStatement, message: "statement \"\(statement.name)\" \(reason)",
            statementName: statement.name)
    }
}
