import CRabbitMQ

/// Copies what librabbitmq has decoded into Swift values; nothing returned refers to its memory.
enum WireReader {
    static func string(_ raw: amqp_bytes_t) -> String {
        String(decoding: UnsafeRawBufferPointer(start: raw.bytes, count: raw.len), as: UTF8.self)
    }

    static func bytes(_ raw: amqp_bytes_t) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: raw.bytes, count: raw.len))
    }

    static func table(_ raw: amqp_table_t, depth: Int = 0) -> AMQPTable {
        guard raw.num_entries > 0, let entries = raw.entries, depth <= WireLimits.tableDepth else { return [:] }
        var table = AMQPTable(minimumCapacity: Int(raw.num_entries))
        for entry in UnsafeBufferPointer(start: entries, count: Int(raw.num_entries)) {
            table[string(entry.key)] = value(entry.value, depth: depth)
        }
        return table
    }

    private static func value(_ raw: amqp_field_value_t, depth: Int) -> AMQPTableValue {
        withUnsafePointer(to: raw) { raw in
            switch raw.pointee.kind {
            case UInt8(ascii: "S"):
                let buffer = crabbit_get_bytes(raw)
                let text = String(
                    validating: UnsafeRawBufferPointer(start: buffer.bytes, count: buffer.len), as: UTF8.self)
                return text.map { .string($0) } ?? .bytes(bytes(buffer))
            case UInt8(ascii: "x"): return .bytes(bytes(crabbit_get_bytes(raw)))
            case UInt8(ascii: "t"): return .bool(crabbit_get_bool(raw) != 0)
            case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "s"), UInt8(ascii: "u"), UInt8(ascii: "I"):
                return .int32(Int32(truncatingIfNeeded: crabbit_get_integer(raw)))
            case UInt8(ascii: "i"), UInt8(ascii: "l"): return .int64(crabbit_get_integer(raw))
            case UInt8(ascii: "L"): return .int64(Int64(clamping: crabbit_get_unsigned(raw)))
            case UInt8(ascii: "T"): return .timestamp(Int64(bitPattern: crabbit_get_unsigned(raw)))
            case UInt8(ascii: "f"): return .double(crabbit_get_float(raw))
            case UInt8(ascii: "d"): return .double(crabbit_get_double(raw))
            case UInt8(ascii: "D"):
                let decimal = crabbit_get_decimal(raw)
                var number = Double(Int32(bitPattern: decimal.value))
                for _ in 0..<decimal.decimals { number /= 10 }
                return .double(number)
            case UInt8(ascii: "F"):
                guard depth < WireLimits.tableDepth else { return .null }
                return .table(table(crabbit_get_table(raw), depth: depth + 1))
            case UInt8(ascii: "A"):
                guard depth < WireLimits.tableDepth else { return .null }
                let array = crabbit_get_array(raw)
                guard array.num_entries > 0, let entries = array.entries else { return .array([]) }
                return .array(
                    UnsafeBufferPointer(start: entries, count: Int(array.num_entries))
                        .map { value($0, depth: depth + 1) })
            default: return .null
            }
        }
    }

    static func properties(_ raw: amqp_basic_properties_t) -> AMQPProperties {
        func text(_ flag: Int32, _ bytes: amqp_bytes_t) -> String? {
            raw._flags & UInt32(flag) != 0 ? string(bytes) : nil
        }
        func has(_ flag: Int32) -> Bool {
            raw._flags & UInt32(flag) != 0
        }
        return AMQPProperties(
            contentType: text(AMQP_BASIC_CONTENT_TYPE_FLAG, raw.content_type),
            contentEncoding: text(AMQP_BASIC_CONTENT_ENCODING_FLAG, raw.content_encoding),
            headers: has(AMQP_BASIC_HEADERS_FLAG) ? table(raw.headers) : [:],
            isPersistent: has(AMQP_BASIC_DELIVERY_MODE_FLAG) && raw.delivery_mode == 2,
            priority: has(AMQP_BASIC_PRIORITY_FLAG) ? raw.priority : nil,
            correlationID: text(AMQP_BASIC_CORRELATION_ID_FLAG, raw.correlation_id),
            replyTo: text(AMQP_BASIC_REPLY_TO_FLAG, raw.reply_to),
            expiration: text(AMQP_BASIC_EXPIRATION_FLAG, raw.expiration),
            messageID: text(AMQP_BASIC_MESSAGE_ID_FLAG, raw.message_id),
            timestamp: has(AMQP_BASIC_TIMESTAMP_FLAG) ? Int64(bitPattern: raw.timestamp) : nil,
            type: text(AMQP_BASIC_TYPE_FLAG, raw.type),
            userID: text(AMQP_BASIC_USER_ID_FLAG, raw.user_id),
            appID: text(AMQP_BASIC_APP_ID_FLAG, raw.app_id))
    }
}

/// Remembers the last string it read: exchange and consumer tag hardly change from one delivery to the next, and
/// comparing bytes is cheaper than allocating a string.
struct RepeatedString {
    private var bytes: [UInt8] = []
    private var text = ""

    mutating func read(_ raw: amqp_bytes_t) -> String {
        let buffer = UnsafeRawBufferPointer(start: raw.bytes, count: raw.len)
        if !buffer.elementsEqual(bytes) {
            bytes = Array(buffer)
            text = WireReader.string(raw)
        }
        return text
    }
}
