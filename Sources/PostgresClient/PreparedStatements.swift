/// Which statements the server has prepared on one connection, and with which parameter types.
///
/// A NULL has no type of its own, so a statement first called with one is prepared with the server's guess there; a
/// later value of a stated type that differs makes a second variant, which keeps every type known so far. A statement
/// of n parameters therefore settles after at most n + 1 variants.
struct PreparedStatements {
    struct Variant {
        let serverName: String
        let types: [PostgresTypeOID]
    }

    enum Resolution {
        case prepared(serverName: String)
        case prepare(serverName: String, types: [PostgresTypeOID])
        /// There is no room for another.
        case unprepared
    }

    private struct Entry {
        let sql: String
        var variants: [Variant]
    }

    private var entries: [String: Entry] = [:]
    private var count = 0
    private var nextNumber = 1

    /// How to run a call. A `prepare` answer counts as done from now on; ``undo(_:of:)`` takes it back.
    mutating func resolve(_ call: EncodedCall) -> Resolution {
        let statement = call.statement
        var known: [Variant] = []
        if let entry = entries[statement.name], entry.sql == statement.sql {
            known = entry.variants
        }
        if let variant = known.last(where: { Self.fits(call.types, $0.types) }) {
            return .prepared(serverName: variant.serverName)
        }
        guard count < PostgresLimits.maxPreparedStatements else { return .unprepared }
        var types = call.types
        if let last = known.last, last.types.count == types.count {
            for index in types.indices where types[index] == .unspecified {
                types[index] = last.types[index]
            }
        }
        // Numbered, so that a forgotten statement never meets its own name again.
        let label = statement.name.utf8.filter { $0 != 0 }.prefix(PostgresLimits.maxServerNameBytes)
        let variant = Variant(serverName: "\(nextNumber)_\(String(decoding: label, as: UTF8.self))", types: types)
        nextNumber += 1
        count += 1
        entries[statement.name] = Entry(sql: statement.sql, variants: known + [variant])
        return .prepare(serverName: variant.serverName, types: types)
    }

    /// A variant was not prepared after all.
    mutating func undo(_ serverName: String, of statement: PostgresStatement) {
        guard var entry = entries[statement.name],
            let index = entry.variants.firstIndex(where: { $0.serverName == serverName })
        else { return }
        entry.variants.remove(at: index)
        entries[statement.name] = entry
        count -= 1
    }

    /// The next call prepares the statement anew, because the server lost it (`isGone`) or cannot use it any more.
    /// What the server still holds keeps counting.
    mutating func forget(_ statement: PostgresStatement, isGone: Bool) {
        guard let entry = entries.removeValue(forKey: statement.name) else { return }
        if isGone { count -= entry.variants.count }
    }

    private static func fits(_ types: [PostgresTypeOID], _ prepared: [PostgresTypeOID]) -> Bool {
        types.count == prepared.count
            && zip(types, prepared).allSatisfy { $0 == .unspecified || $0 == $1 }
    }
}
