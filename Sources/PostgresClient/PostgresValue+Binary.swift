extension PostgresValue {
    /// Appends the binary form to `buffer`; false for NULL, which has none.
    func append(to buffer: inout [UInt8]) -> Bool {
        switch self {
        case .null: return false
        case .bool(let value): BinaryWriter.bool(value, &buffer)
        case .int32(let value): BinaryWriter.integer(value, &buffer)
        case .int64(let value): BinaryWriter.integer(value, &buffer)
        case .double(let value): BinaryWriter.double(value, &buffer)
        case .text(let value): BinaryWriter.text(value, &buffer)
        case .uuid(let value): BinaryWriter.uuid(value, &buffer)
        case .bytea(let value): BinaryWriter.bytes(value, &buffer)
        case .jsonb(let value): BinaryWriter.jsonb(value, &buffer)
        case .timestamp(let value): BinaryWriter.timestamp(value, &buffer)
        case .boolArray(let values): BinaryWriter.array(values, of: .bool, &buffer, BinaryWriter.bool)
        case .int32Array(let values): BinaryWriter.array(values, of: .int4, &buffer, BinaryWriter.integer)
        case .int64Array(let values): BinaryWriter.array(values, of: .int8, &buffer, BinaryWriter.integer)
        case .doubleArray(let values): BinaryWriter.array(values, of: .float8, &buffer, BinaryWriter.double)
        case .textArray(let values): BinaryWriter.array(values, of: .text, &buffer, BinaryWriter.text)
        case .uuidArray(let values): BinaryWriter.array(values, of: .uuid, &buffer, BinaryWriter.uuid)
        case .byteaArray(let values): BinaryWriter.array(values, of: .bytea, &buffer, BinaryWriter.bytes)
        case .jsonbArray(let values): BinaryWriter.array(values, of: .jsonb, &buffer, BinaryWriter.jsonb)
        case .timestampArray(let values):
            BinaryWriter.array(values, of: .timestamptz, &buffer, BinaryWriter.timestamp)
        }
        return true
    }
}
