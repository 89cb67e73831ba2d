import FoundationEssentials

/// One row of a result. Columns are named by position or by name.
///
/// Every accessor throws `decoding`, naming the column, when it does not exist, has another type, or is NULL; the
/// `optional…` ones give nil for NULL.
public struct PostgresRow: Sendable {
    let storage: ResultStorage
    let row: Int

    /// Whether the column is NULL.
    public func isNull(_ column: some PostgresColumnKey) throws(PostgresError) -> Bool {
        try cell(column) == nil
    }

    /// `boolean`
    public func bool(_ column: some PostgresColumnKey) throws(PostgresError) -> Bool {
        try required(column, PostgresCell.bool)
    }

    /// `smallint` or `integer`
    public func int32(_ column: some PostgresColumnKey) throws(PostgresError) -> Int32 {
        try required(column, PostgresCell.int32)
    }

    /// Any integer type, and `numeric` when it holds a whole number that fits.
    public func int64(_ column: some PostgresColumnKey) throws(PostgresError) -> Int64 {
        try required(column, PostgresCell.int64)
    }

    /// Any number type. A `numeric` or `bigint` loses digits beyond the fifteenth.
    public func double(_ column: some PostgresColumnKey) throws(PostgresError) -> Double {
        try required(column, PostgresCell.double)
    }

    /// Text, names, enums, `json`, `jsonb` and `uuid`. Cast other types to text in the SQL.
    public func text(_ column: some PostgresColumnKey) throws(PostgresError) -> String {
        try required(column, PostgresCell.text)
    }

    /// `uuid`
    public func uuid(_ column: some PostgresColumnKey) throws(PostgresError) -> UUID {
        try required(column, PostgresCell.uuid)
    }

    /// `bytea`
    public func bytea(_ column: some PostgresColumnKey) throws(PostgresError) -> [UInt8] {
        try required(column, PostgresCell.bytea)
    }

    /// `json` or `jsonb`, as the UTF-8 bytes of JSON text.
    public func json(_ column: some PostgresColumnKey) throws(PostgresError) -> [UInt8] {
        try required(column, PostgresCell.json)
    }

    /// `timestamptz`, or `timestamp` taken as UTC.
    public func timestamp(_ column: some PostgresColumnKey) throws(PostgresError) -> PostgresTimestamp {
        try required(column, PostgresCell.timestamp)
    }

    func required<Value>(
        _ column: some PostgresColumnKey, _ decode: (PostgresCell) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        guard let cell = try cell(column) else {
            throw PostgresError(
                code: .decoding,
                message: "column \(column) of row \(row) is NULL, use the optional accessor or coalesce it")
        }
        return try decode(cell)
    }

    func optional<Value>(
        _ column: some PostgresColumnKey, _ decode: (PostgresCell) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value? {
        guard let cell = try cell(column) else { return nil }
        return try decode(cell)
    }

    private func cell(_ column: some PostgresColumnKey) throws(PostgresError) -> PostgresCell? {
        guard let position = column.position(among: PostgresColumnNames(storage: storage)),
            position >= 0, position < storage.columns.count
        else {
            let names = storage.columns.map(\.name).joined(separator: ", ")
            throw PostgresError(code: .decoding, message: "no column \(column) in the result, it has: \(names)")
        }
        let place = storage.cells[row * storage.columns.count + position]
        guard place.length >= 0 else { return nil }
        return PostgresCell(
            storage: storage, offset: place.offset, count: Int(place.length), type: storage.columns[position].type,
            column: position)
    }
}
