extension Library {
    /// `split` and `join`.
    static let stringListFunctions: [CELFunction] = [
        .receiver("split", [.string, .string], .list(.string)) { arguments, budget throws(CELError) in
            try split(arguments, limit: -1, &budget)
        },
        .receiver("split", [.string, .string, .int], .list(.string)) { arguments, budget throws(CELError) in
            try split(arguments, limit: arguments.int(2), &budget)
        },
        .receiver("join", [.list(.string)], .string) { arguments, budget throws(CELError) in
            try join(arguments.list(0), separator: "", &budget)
        },
        .receiver("join", [.list(.string), .string], .string) { arguments, budget throws(CELError) in
            try join(arguments.list(0), separator: arguments.string(1), &budget)
        },
    ]

    /// At most `limit` parts, the last with what remains; without end if negative. An empty separator splits into code
    /// points.
    private static func split(
        _ arguments: [CELValue], limit: Int64, _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        let text = try scalars(arguments, 0, &budget)
        let separator = try scalars(arguments, 1, &budget)
        guard limit != 0 else { return .list([]) }
        let cuts = limit < 0 ? Int.max : Int(clamping: limit - 1)
        var places: [Int]
        if separator.isEmpty {
            guard !text.isEmpty else { return .list([]) }
            places = Array((1..<text.count).prefix(cuts))
        } else {
            places = try Search.all(of: separator, in: text, limit: cuts, &budget)
        }
        try budget.chargeAggregate(count: places.count + 1)
        var parts: [CELValue] = []
        var start = 0
        for place in places {
            parts.append(.string(string(text[start..<place])))
            start = place + separator.count
        }
        parts.append(.string(string(text[start...])))
        return .list(parts)
    }

    private static func join(
        _ elements: [CELValue], separator: String, _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        var parts: [String] = []
        var bytes = 0
        for element in elements {
            guard case .string(let part) = element else {
                throw CELError(.noMatchingOverload, "join() takes a list of strings, found a \(element.typeName)")
            }
            parts.append(part)
            bytes += part.utf8.count + separator.utf8.count
        }
        try budget.charge(parts.count)
        try budget.chargeString(bytes: bytes)
        return .string(parts.joined(separator: separator))
    }
}
