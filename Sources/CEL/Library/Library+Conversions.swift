extension Library {
    /// `int`, `uint`, `double`, `bool`, `string` and `bytes`.
    static let conversionFunctions: [CELFunction] = [
        .global("int", [.int], .int) { arguments, _ throws(CELError) in arguments[0] },
        .global("int", [.uint], .int) { arguments, _ throws(CELError) in
            .int(try fitting(Int64(exactly: try arguments.uint(0)), "int"))
        },
        .global("int", [.double], .int) { arguments, _ throws(CELError) in
            // Both ends of the range are excluded: as doubles they stand for their neighbours beyond it, too.
            let value = try arguments.double(0)
            guard value > -0x1p63, value < 0x1p63 else { throw outOfRange("int") }
            return .int(Int64(value))
        },
        .global("int", [.string], .int) { arguments, budget throws(CELError) in
            .int(try parsed(Int64(try text(arguments, &budget)), "int"))
        },
        .global("int", [.timestamp], .int) { arguments, _ throws(CELError) in
            .int(try arguments.timestamp(0).seconds)
        },
        .global("uint", [.uint], .uint) { arguments, _ throws(CELError) in arguments[0] },
        .global("uint", [.int], .uint) { arguments, _ throws(CELError) in
            .uint(try fitting(UInt64(exactly: try arguments.int(0)), "uint"))
        },
        .global("uint", [.double], .uint) { arguments, _ throws(CELError) in
            let value = try arguments.double(0)
            guard value >= 0, value < 0x1p64 else { throw outOfRange("uint") }
            return .uint(UInt64(value))
        },
        .global("uint", [.string], .uint) { arguments, budget throws(CELError) in
            .uint(try parsed(UInt64(try text(arguments, &budget)), "uint"))
        },
        .global("double", [.double], .double) { arguments, _ throws(CELError) in arguments[0] },
        .global("double", [.int], .double) { arguments, _ throws(CELError) in
            .double(Double(try arguments.int(0)))
        },
        .global("double", [.uint], .double) { arguments, _ throws(CELError) in
            .double(Double(try arguments.uint(0)))
        },
        .global("double", [.string], .double) { arguments, budget throws(CELError) in
            .double(try parsed(Double(try text(arguments, &budget)), "double"))
        },
        .global("bool", [.bool], .bool) { arguments, _ throws(CELError) in arguments[0] },
        .global("bool", [.string], .bool) { arguments, budget throws(CELError) in
            switch try text(arguments, &budget) {
            case "1", "t", "true", "TRUE", "True": .bool(true)
            case "0", "f", "false", "FALSE", "False": .bool(false)
            default: throw CELError(.invalidArgument, "The text is no bool; write 'true' or 'false'")
            }
        },
        .global("string", [.string], .string) { arguments, _ throws(CELError) in arguments[0] },
        .global("string", [.bool], .string) { arguments, _ throws(CELError) in
            .string(String(try arguments.bool(0)))
        },
        .global("string", [.int], .string) { arguments, _ throws(CELError) in .string(String(try arguments.int(0))) },
        .global("string", [.uint], .string) { arguments, _ throws(CELError) in
            .string(String(try arguments.uint(0)))
        },
        .global("string", [.double], .string) { arguments, _ throws(CELError) in
            .string(TextFormat.shortest(try arguments.double(0)))
        },
        .global("string", [.bytes], .string) { arguments, budget throws(CELError) in
            let bytes = try arguments.bytes(0)
            try budget.chargeString(bytes: bytes.count)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CELError(.invalidArgument, "The bytes are not valid UTF-8")
            }
            return .string(text)
        },
        .global("bytes", [.bytes], .bytes) { arguments, _ throws(CELError) in arguments[0] },
        .global("bytes", [.string], .bytes) { arguments, budget throws(CELError) in
            let text = try arguments.string(0)
            try budget.chargeString(bytes: text.utf8.count)
            return .bytes(Array(text.utf8))
        },
    ]

    /// `timestamp` and `duration`, and `string` of both.
    static let timeConversionFunctions: [CELFunction] = [
        .global("timestamp", [.timestamp], .timestamp) { arguments, _ throws(CELError) in arguments[0] },
        .global("timestamp", [.int], .timestamp) { arguments, _ throws(CELError) in
            guard let value = CELTimestamp(seconds: try arguments.int(0)) else { throw CELTimestamp.outOfRange() }
            return .timestamp(value)
        },
        .global("timestamp", [.string], .timestamp) { arguments, budget throws(CELError) in
            guard let value = CELTimestamp(text: try text(arguments, &budget)) else {
                throw CELError(
                    .invalidArgument, "The text is no timestamp; write it as 2009-02-13T23:31:30Z, years 0001 to 9999")
            }
            return .timestamp(value)
        },
        .global("duration", [.duration], .duration) { arguments, _ throws(CELError) in arguments[0] },
        .global("duration", [.string], .duration) { arguments, budget throws(CELError) in
            guard let value = CELDuration(text: try text(arguments, &budget)) else {
                throw CELError(.invalidArgument, "The text is no duration in range; write it as 1h30m, 1.5s or 200ms")
            }
            return .duration(value)
        },
        .global("string", [.timestamp], .string) { arguments, _ throws(CELError) in
            .string(try arguments.timestamp(0).description)
        },
        .global("string", [.duration], .string) { arguments, _ throws(CELError) in
            .string(try arguments.duration(0).description)
        },
    ]

    /// The text to convert, paid for: reading it takes time in the order of its length.
    private static func text(_ arguments: [CELValue], _ budget: inout CELBudget) throws(CELError) -> String {
        let text = try arguments.string(0)
        try budget.charge(bytes: text.utf8.count)
        return text
    }

    private static func outOfRange(_ type: String) -> CELError {
        CELError(.overflow, "The number is out of the range of \(type)")
    }

    private static func fitting<Value>(_ value: Value?, _ type: String) throws(CELError) -> Value {
        guard let value else { throw outOfRange(type) }
        return value
    }

    private static func parsed<Value>(_ value: Value?, _ type: String) throws(CELError) -> Value {
        guard let value else { throw CELError(.invalidArgument, "The text is no \(type)") }
        return value
    }
}
