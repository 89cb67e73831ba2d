import FoundationEssentials

/// Arrays of one dimension; a NULL element is nil. Elements are read like single values of their type.
extension PostgresRow {
    /// `boolean[]`
    public func boolArray(_ column: some PostgresColumnKey) throws(PostgresError) -> [Bool?] {
        try array(column, PostgresCell.bool)
    }

    /// `smallint[]` or `integer[]`
    public func int32Array(_ column: some PostgresColumnKey) throws(PostgresError) -> [Int32?] {
        try array(column, PostgresCell.int32)
    }

    /// An array of any integer type.
    public func int64Array(_ column: some PostgresColumnKey) throws(PostgresError) -> [Int64?] {
        try array(column, PostgresCell.int64)
    }

    /// An array of any number type.
    public func doubleArray(_ column: some PostgresColumnKey) throws(PostgresError) -> [Double?] {
        try array(column, PostgresCell.double)
    }

    /// An array of text, names or enums.
    public func textArray(_ column: some PostgresColumnKey) throws(PostgresError) -> [String?] {
        try array(column, PostgresCell.text)
    }

    /// `uuid[]`
    public func uuidArray(_ column: some PostgresColumnKey) throws(PostgresError) -> [UUID?] {
        try array(column, PostgresCell.uuid)
    }

    /// `bytea[]`
    public func byteaArray(_ column: some PostgresColumnKey) throws(PostgresError) -> [[UInt8]?] {
        try array(column, PostgresCell.bytea)
    }

    /// `json[]` or `jsonb[]`, each element as bytes of JSON text.
    public func jsonArray(_ column: some PostgresColumnKey) throws(PostgresError) -> [[UInt8]?] {
        try array(column, PostgresCell.json)
    }

    /// `timestamptz[]` or `timestamp[]`
    public func timestampArray(_ column: some PostgresColumnKey) throws(PostgresError) -> [PostgresTimestamp?] {
        try array(column, PostgresCell.timestamp)
    }

    private func array<Element>(
        _ column: some PostgresColumnKey, _ decode: (PostgresCell) throws(PostgresError) -> Element
    ) throws(PostgresError) -> [Element?] {
        try required(column) { (cell) throws(PostgresError) in try PostgresCell.array(cell, decode) }
    }
}
