import CRabbitMQ

/// Memory for the C form of strings and tables while one call uses them. Lives on the connection's thread; everything
/// it returns is valid until ``recycle()``.
final class WireArena {
    private static let pageBytes = 16 * 1024
    private let pool: UnsafeMutablePointer<amqp_pool_t>

    init() {
        pool = .allocate(capacity: 1)
        init_amqp_pool(pool, WireArena.pageBytes)
    }

    deinit {
        empty_amqp_pool(pool)
        pool.deallocate()
    }

    func recycle() {
        recycle_amqp_pool(pool)
    }

    func bytes(_ text: String) throws(AMQPError) -> amqp_bytes_t {
        var text = text
        let count = text.utf8.count
        guard count > 0 else { return amqp_empty_bytes }
        let memory = try allocate(count)
        text.withUTF8 { UnsafeMutableRawBufferPointer(start: memory, count: count).copyBytes(from: $0) }
        return amqp_bytes_t(len: count, bytes: memory)
    }

    func bytes(_ bytes: [UInt8]) throws(AMQPError) -> amqp_bytes_t {
        guard !bytes.isEmpty else { return amqp_empty_bytes }
        let memory = try allocate(bytes.count)
        memory.initializeMemory(as: UInt8.self, from: bytes, count: bytes.count)
        return amqp_bytes_t(len: bytes.count, bytes: memory)
    }

    func table(_ table: AMQPTable) throws(AMQPError) -> amqp_table_t {
        guard !table.isEmpty else { return amqp_empty_table }
        let memory = try allocate(table.count * MemoryLayout<amqp_table_entry_t>.stride)
        let entries = memory.bindMemory(to: amqp_table_entry_t.self, capacity: table.count)
        var index = 0
        for (key, element) in table {
            entries[index] = amqp_table_entry_t(key: try bytes(key), value: try value(element))
            index += 1
        }
        return amqp_table_t(num_entries: Int32(table.count), entries: entries)
    }

    private func value(_ value: AMQPTableValue) throws(AMQPError) -> amqp_field_value_t {
        switch value {
        case .string(let text): return crabbit_value_string(try bytes(text))
        case .bytes(let raw): return crabbit_value_bytes(try bytes(raw))
        case .int64(let number): return crabbit_value_int64(number)
        case .int32(let number): return crabbit_value_int32(number)
        case .bool(let flag): return crabbit_value_bool(flag ? 1 : 0)
        case .double(let number): return crabbit_value_double(number)
        case .timestamp(let seconds): return crabbit_value_timestamp(UInt64(bitPattern: seconds))
        case .null: return crabbit_value_void()
        case .table(let nested): return crabbit_value_table(try table(nested))
        case .array(let elements):
            guard !elements.isEmpty else { return crabbit_value_array(amqp_empty_array) }
            let memory = try allocate(elements.count * MemoryLayout<amqp_field_value_t>.stride)
            let values = memory.bindMemory(to: amqp_field_value_t.self, capacity: elements.count)
            for (index, element) in elements.enumerated() {
                values[index] = try self.value(element)
            }
            return crabbit_value_array(amqp_array_t(num_entries: Int32(elements.count), entries: values))
        }
    }

    func properties(_ properties: AMQPProperties) throws(AMQPError) -> amqp_basic_properties_t {
        var raw = amqp_basic_properties_t()
        raw.content_type = try text(properties.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG, &raw._flags)
        raw.content_encoding = try text(properties.contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG, &raw._flags)
        raw.correlation_id = try text(properties.correlationID, AMQP_BASIC_CORRELATION_ID_FLAG, &raw._flags)
        raw.reply_to = try text(properties.replyTo, AMQP_BASIC_REPLY_TO_FLAG, &raw._flags)
        raw.expiration = try text(properties.expiration, AMQP_BASIC_EXPIRATION_FLAG, &raw._flags)
        raw.message_id = try text(properties.messageID, AMQP_BASIC_MESSAGE_ID_FLAG, &raw._flags)
        raw.type = try text(properties.type, AMQP_BASIC_TYPE_FLAG, &raw._flags)
        raw.user_id = try text(properties.userID, AMQP_BASIC_USER_ID_FLAG, &raw._flags)
        raw.app_id = try text(properties.appID, AMQP_BASIC_APP_ID_FLAG, &raw._flags)
        raw._flags |= UInt32(AMQP_BASIC_DELIVERY_MODE_FLAG)
        raw.delivery_mode = properties.isPersistent ? 2 : 1
        if let priority = properties.priority {
            raw._flags |= UInt32(AMQP_BASIC_PRIORITY_FLAG)
            raw.priority = priority
        }
        if let timestamp = properties.timestamp {
            raw._flags |= UInt32(AMQP_BASIC_TIMESTAMP_FLAG)
            raw.timestamp = UInt64(bitPattern: timestamp)
        }
        if !properties.headers.isEmpty {
            raw._flags |= UInt32(AMQP_BASIC_HEADERS_FLAG)
            raw.headers = try table(properties.headers)
        }
        return raw
    }

    private func text(
        _ text: String?, _ flag: Int32, _ flags: inout amqp_flags_t
    ) throws(AMQPError) -> amqp_bytes_t {
        guard let text else { return amqp_empty_bytes }
        flags |= UInt32(flag)
        return try bytes(text)
    }

    private func allocate(_ count: Int) throws(AMQPError) -> UnsafeMutableRawPointer {
        guard let memory = amqp_pool_alloc(pool, count) else {
            throw AMQPError(code: .systemError, message: "No memory for \(count) bytes; free some or raise the limit.")
        }
        return memory
    }
}
