import FoundationEssentials

extension PostgresRow {
    /// `boolean`, nil for NULL.
    public func optionalBool(_ column: some PostgresColumnKey) throws(PostgresError) -> Bool? {
        try optional(column, PostgresCell.bool)
    }

    /// `smallint` or `integer`, nil for NULL.
    public func optionalInt32(_ column: some PostgresColumnKey) throws(PostgresError) -> Int32? {
        try optional(column, PostgresCell.int32)
    }

    /// Any integer type or a whole `numeric`, nil for NULL.
    public func optionalInt64(_ column: some PostgresColumnKey) throws(PostgresError) -> Int64? {
        try optional(column, PostgresCell.int64)
    }

    /// Any number type, nil for NULL.
    public func optionalDouble(_ column: some PostgresColumnKey) throws(PostgresError) -> Double? {
        try optional(column, PostgresCell.double)
    }

    /// Text and what ``PostgresRow/text(_:)`` reads besides, nil for NULL.
    public func optionalText(_ column: some PostgresColumnKey) throws(PostgresError) -> String? {
        try optional(column, PostgresCell.text)
    }

    /// `uuid`, nil for NULL.
    public func optionalUUID(_ column: some PostgresColumnKey) throws(PostgresError) -> UUID? {
        try optional(column, PostgresCell.uuid)
    }

    /// `bytea`, nil for NULL.
    public func optionalBytea(_ column: some PostgresColumnKey) throws(PostgresError) -> [UInt8]? {
        try optional(column, PostgresCell.bytea)
    }

    /// `json` or `jsonb` as bytes of JSON text, nil for NULL (not for the JSON value `null`).
    public func optionalJSON(_ column: some PostgresColumnKey) throws(PostgresError) -> [UInt8]? {
        try optional(column, PostgresCell.json)
    }

    /// `timestamptz` or `timestamp`, nil for NULL.
    public func optionalTimestamp(_ column: some PostgresColumnKey) throws(PostgresError) -> PostgresTimestamp? {
        try optional(column, PostgresCell.timestamp)
    }
}
