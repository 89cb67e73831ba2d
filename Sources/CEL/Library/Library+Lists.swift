extension Library {
    private static let item = CELType.parameter("T")
    private static let items = CELType.list(item)
    private static let sortable: [CELType] = [.int, .uint, .double, .bool, .duration, .timestamp, .string, .bytes]

    /// `slice`, `flatten`, `sort`, `distinct`, `reverse` and `lists.range`; `sortBy` is a macro.
    static let listFunctions: [CELFunction] = [
        .global("lists.range", [.int], .list(.int)) { arguments, budget throws(CELError) in
            let count = Int(clamping: try arguments.int(0))
            guard count > 0 else { return .list([]) }
            try budget.chargeAggregate(count: count)
            return .list((0..<count).map { .int(Int64($0)) })
        },
        .receiver("slice", [items, .int, .int], items) { arguments, budget throws(CELError) in
            let elements = try arguments.list(0)
            let start = try arguments.int(1)
            let end = try arguments.int(2)
            guard start >= 0, start <= end, end <= elements.count else {
                throw CELError(
                    .indexOutOfRange, "The slice from \(start) to \(end) is not within the list of \(elements.count)")
            }
            try budget.chargeAggregate(count: Int(end - start))
            return .list(Array(elements[Int(start)..<Int(end)]))
        },
        .receiver("flatten", [.list(items)], items) { arguments, budget throws(CELError) in
            .list(try flattened(arguments.list(0), depth: 1, &budget))
        },
        .receiver("flatten", [.list(.dyn), .int], .list(.dyn)) { arguments, budget throws(CELError) in
            let depth = try arguments.int(1)
            guard depth >= 0 else {
                throw CELError(.invalidArgument, "The depth of flatten() is \(depth); it cannot be negative")
            }
            return .list(try flattened(arguments.list(0), depth: Int(clamping: depth), &budget))
        },
        .receiver("reverse", [items], items) { arguments, budget throws(CELError) in
            let elements = try arguments.list(0)
            try budget.chargeAggregate(count: elements.count)
            return .list(elements.reversed())
        },
        .receiver("distinct", [items], items) { arguments, budget throws(CELError) in
            let elements = try arguments.list(0)
            try budget.chargeAggregate(count: elements.count)
            var seen = EqualityIndex()
            var kept: [CELValue] = []
            for element in elements where try seen.insert(element, &budget) { kept.append(element) }
            return .list(kept)
        },
        CELFunction(
            "sort",
            sortable.map { element in
                CELOverload(
                    [.list(element)], isReceiver: true, returns: .list(element)
                ) { arguments, budget throws(CELError) in
                    let elements = try arguments.list(0)
                    return .list(try SortKeys.order(elements, &budget).map { elements[$0] })
                }
            }),
    ]

    /// `sets.contains`, `sets.equivalent` and `sets.intersects`: lists taken as sets.
    static let setFunctions: [CELFunction] = [
        .global("sets.contains", [items, items], .bool) { arguments, budget throws(CELError) in
            .bool(try includes(arguments.list(0), arguments.list(1), &budget))
        },
        .global("sets.equivalent", [items, items], .bool) { arguments, budget throws(CELError) in
            let (first, second) = (try arguments.list(0), try arguments.list(1))
            guard try includes(first, second, &budget) else { return .bool(false) }
            return .bool(try includes(second, first, &budget))
        },
        .global("sets.intersects", [items, items], .bool) { arguments, budget throws(CELError) in
            let known = try index(arguments.list(0), &budget)
            for element in try arguments.list(1) where try known.contains(element, &budget) { return .bool(true) }
            return .bool(false)
        },
    ]

    private static func flattened(
        _ elements: [CELValue], depth: Int, _ budget: inout CELBudget
    ) throws(CELError) -> [CELValue] {
        // A value as deep as the depth asks for may come from outside.
        var flat: [CELValue] = []
        try flatten(elements, depth: min(depth, Comparison.maximumValueDepth), into: &flat, &budget)
        return flat
    }

    private static func flatten(
        _ elements: [CELValue], depth: Int, into flat: inout [CELValue], _ budget: inout CELBudget
    ) throws(CELError) {
        for element in elements {
            try budget.charge(1)
            if depth > 0, case .list(let inner) = element {
                try flatten(inner, depth: depth - 1, into: &flat, &budget)
            } else {
                try budget.checkAggregate(count: flat.count + 1)
                flat.append(element)
            }
        }
    }

    private static func index(
        _ elements: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> EqualityIndex {
        var index = EqualityIndex()
        for element in elements { _ = try index.insert(element, &budget) }
        return index
    }

    private static func includes(
        _ set: [CELValue], _ part: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> Bool {
        let known = try index(set, &budget)
        for element in part where try !known.contains(element, &budget) { return false }
        return true
    }
}
