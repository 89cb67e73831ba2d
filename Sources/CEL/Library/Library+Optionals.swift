extension Library {
    private static let value = CELType.parameter("T")

    /// Functions on optional values; `or` and `orValue` are part of the evaluator, since they are lazy.
    static let optionalFunctions: [CELFunction] = [
        .global("optional.of", [value], .optional(value)) { arguments, _ throws(CELError) in
            .optional(arguments[0])
        },
        .global("optional.none", [], .optional(value)) { _, _ throws(CELError) in .optional(nil) },
        .global("optional.ofNonZeroValue", [value], .optional(value)) { arguments, _ throws(CELError) in
            .optional(arguments[0].isZero ? nil : arguments[0])
        },
        .receiver("hasValue", [.optional(value)], .bool) { arguments, _ throws(CELError) in
            .bool(try arguments.optional(0) != nil)
        },
        .receiver("value", [.optional(value)], value) { arguments, _ throws(CELError) in
            guard let wrapped = try arguments.optional(0) else {
                throw CELError(.invalidArgument, "The optional has no value; use orValue() or hasValue()")
            }
            return wrapped
        },
        .receiver("first", [.list(value)], .optional(value)) { arguments, _ throws(CELError) in
            .optional(try arguments.list(0).first)
        },
        .receiver("last", [.list(value)], .optional(value)) { arguments, _ throws(CELError) in
            .optional(try arguments.list(0).last)
        },
        .global("optional.unwrap", [.list(.optional(value))], .list(value)) { arguments, budget throws(CELError) in
            .list(try unwrapped(arguments.list(0), &budget))
        },
        .receiver("unwrapOpt", [.list(.optional(value))], .list(value)) { arguments, budget throws(CELError) in
            .list(try unwrapped(arguments.list(0), &budget))
        },
    ]

    /// The values of those optionals that have one.
    private static func unwrapped(
        _ optionals: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> [CELValue] {
        try budget.chargeAggregate(count: optionals.count)
        var values: [CELValue] = []
        for element in optionals {
            guard case .optional(let wrapped) = element else {
                throw CELError(.noMatchingOverload, "A list of optional values holds a \(element.typeName)")
            }
            if let wrapped { values.append(wrapped) }
        }
        return values
    }
}

extension CELValue {
    /// Whether it is the value that its type starts from: zero, false, null, empty.
    fileprivate var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .double(let value): value == 0
        case .string(let value): value.isEmpty
        case .bytes(let value): value.isEmpty
        case .list(let value): value.isEmpty
        case .map(let value): value.isEmpty
        case .timestamp(let value): value.seconds == 0 && value.nanoseconds == 0
        case .duration(let value): value.nanoseconds == 0
        case .optional(let value): value == nil
        case .type, .address, .network: false
        }
    }
}
