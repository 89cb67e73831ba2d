import FoundationEssentials

/// One value that is not NULL, still in PostgreSQL's binary form.
struct PostgresCell {
    let storage: ResultStorage
    let offset: Int
    let count: Int
    let type: PostgresTypeOID
    let column: Int

    var bytes: ArraySlice<UInt8> { storage.bytes[offset..<(offset + count)] }

    /// The big-endian integer that starts `position` bytes into the value. The caller has checked ``count``.
    func load<Value: FixedWidthInteger & BitwiseCopyable>(_ position: Int = 0, as: Value.Type = Value.self) -> Value {
        storage.bytes.withUnsafeBytes {
            Value(bigEndian: $0.loadUnaligned(fromByteOffset: offset + position, as: Value.self))
        }
    }

    func mismatch(_ wanted: String) -> PostgresError {
        PostgresError(
            code: .decoding,
            message: "column \"\(storage.columns[column].name)\" (type \(type.rawValue), \(count) bytes) is not"
                + " \(wanted), read it with another accessor or cast it in the SQL")
    }

    static func bool(_ cell: PostgresCell) throws(PostgresError) -> Bool {
        guard cell.type == .bool, cell.count == 1 else { throw cell.mismatch("a boolean") }
        return cell.load(as: UInt8.self) != 0
    }

    static func int32(_ cell: PostgresCell) throws(PostgresError) -> Int32 {
        switch (cell.type, cell.count) {
        case (.int4, 4): return cell.load()
        case (.int2, 2): return Int32(cell.load(as: Int16.self))
        default: throw cell.mismatch("an integer of 32 bits")
        }
    }

    static func int64(_ cell: PostgresCell) throws(PostgresError) -> Int64 {
        switch (cell.type, cell.count) {
        case (.int8, 8): return cell.load()
        case (.int4, 4): return Int64(cell.load(as: Int32.self))
        case (.int2, 2): return Int64(cell.load(as: Int16.self))
        case (.oid, 4), (.xid, 4): return Int64(cell.load(as: UInt32.self))
        case (.xid8, 8):
            if let value = Int64(exactly: cell.load(as: UInt64.self)) { return value }
        case (.numeric, _):
            if let value = NumericDecoder.int64(cell) { return value }
        default: break
        }
        throw cell.mismatch("a whole number of 64 bits")
    }

    static func double(_ cell: PostgresCell) throws(PostgresError) -> Double {
        switch (cell.type, cell.count) {
        case (.float8, 8): return Double(bitPattern: cell.load())
        case (.float4, 4): return Double(Float(bitPattern: cell.load()))
        case (.numeric, _):
            guard let value = NumericDecoder.double(cell) else { throw cell.mismatch("a number") }
            return value
        default: return Double(try int64(cell))
        }
    }

    static func text(_ cell: PostgresCell) throws(PostgresError) -> String {
        if cell.type == .uuid { return try uuid(cell).uuidString.lowercased() }
        let bytes = cell.type == .jsonb ? try json(cell)[...] : cell.bytes
        guard cell.type.isTextual || cell.type == .jsonb, let text = String(validating: bytes, as: UTF8.self) else {
            throw cell.mismatch("text")
        }
        return text
    }

    static func uuid(_ cell: PostgresCell) throws(PostgresError) -> UUID {
        guard cell.type == .uuid, cell.count == 16 else { throw cell.mismatch("a UUID") }
        return cell.storage.bytes.withUnsafeBytes {
            UUID(uuid: $0.loadUnaligned(fromByteOffset: cell.offset, as: uuid_t.self))
        }
    }

    static func bytea(_ cell: PostgresCell) throws(PostgresError) -> [UInt8] {
        guard cell.type == .bytea else { throw cell.mismatch("bytea") }
        return Array(cell.bytes)
    }

    static func json(_ cell: PostgresCell) throws(PostgresError) -> [UInt8] {
        if cell.type == .json { return Array(cell.bytes) }
        guard cell.type == .jsonb, cell.bytes.first == BinaryWriter.jsonbVersion else { throw cell.mismatch("JSON") }
        return Array(cell.bytes.dropFirst())
    }

    static func timestamp(_ cell: PostgresCell) throws(PostgresError) -> PostgresTimestamp {
        guard cell.type == .timestamptz || cell.type == .timestamp, cell.count == 8,
            let timestamp = PostgresTimestamp(wireMicroseconds: cell.load())
        else { throw cell.mismatch("a timestamp") }
        return timestamp
    }

    /// An array of at most one dimension (`array_recv` in the server tells the layout). Checks every length.
    static func array<Element>(
        _ cell: PostgresCell, _ decode: (PostgresCell) throws(PostgresError) -> Element
    ) throws(PostgresError) -> [Element?] {
        let wanted = "an array of one dimension"
        guard cell.count >= 12 else { throw cell.mismatch(wanted) }
        let dimensions = cell.load(0, as: Int32.self)
        let elementType = PostgresTypeOID(rawValue: cell.load(8))
        if dimensions == 0 { return [] }
        guard dimensions == 1, cell.count >= 20 else { throw cell.mismatch(wanted) }
        let count = Int(cell.load(12, as: Int32.self))
        // Each element has at least its length, which bounds what a wrong count can reserve.
        guard count >= 0, count <= (cell.count - 20) / 4 else { throw cell.mismatch(wanted) }
        var elements: [Element?] = []
        elements.reserveCapacity(count)
        var position = 20
        for _ in 0..<count {
            guard position + 4 <= cell.count else { throw cell.mismatch(wanted) }
            let length = Int(cell.load(position, as: Int32.self))
            position += 4
            guard length >= 0 else {
                elements.append(nil)
                continue
            }
            guard position + length <= cell.count else { throw cell.mismatch(wanted) }
            let element = PostgresCell(
                storage: cell.storage, offset: cell.offset + position, count: length, type: elementType,
                column: cell.column)
            elements.append(try decode(element))
            position += length
        }
        return elements
    }
}
