extension Library {
    /// Extremes, rounding and signs.
    static let mathFunctions: [CELFunction] =
        [
            CELFunction("math.greatest", extremes(.greater)),
            CELFunction("math.least", extremes(.less)),
            onDouble("math.ceil", .double) { .double($0.rounded(.up)) },
            onDouble("math.floor", .double) { .double($0.rounded(.down)) },
            onDouble("math.round", .double) { .double($0.rounded(.toNearestOrAwayFromZero)) },
            onDouble("math.trunc", .double) { .double($0.rounded(.towardZero)) },
            onDouble("math.sqrt", .double) { .double($0.squareRoot()) },
            onDouble("math.abs", .double) { .double(abs($0)) },
            onDouble("math.sign", .double) { .double($0.isNaN ? $0 : $0 > 0 ? 1 : $0 < 0 ? -1 : 0) },
            onDouble("math.isNaN", .bool) { .bool($0.isNaN) },
            onDouble("math.isInf", .bool) { .bool($0.isInfinite) },
            onDouble("math.isFinite", .bool) { .bool($0.isFinite) },
            .global("math.sqrt", [.int], .double) { arguments, _ throws(CELError) in
                .double(Double(try arguments.int(0)).squareRoot())
            },
            .global("math.sqrt", [.uint], .double) { arguments, _ throws(CELError) in
                .double(Double(try arguments.uint(0)).squareRoot())
            },
            .global("math.abs", [.int], .int) { arguments, _ throws(CELError) in
                let value = try arguments.int(0)
                guard value != .min else { throw CELError(.overflow, "The integer result does not fit in 64 bits") }
                return .int(abs(value))
            },
            .global("math.abs", [.uint], .uint) { arguments, _ throws(CELError) in arguments[0] },
            .global("math.sign", [.int], .int) { arguments, _ throws(CELError) in .int(try arguments.int(0).signum()) },
            .global("math.sign", [.uint], .uint) { arguments, _ throws(CELError) in
                .uint(try arguments.uint(0) == 0 ? 0 : 1)
            },
        ]

    private static func onDouble(
        _ name: String, _ result: CELType, _ compute: @escaping @Sendable (Double) -> CELValue
    ) -> CELFunction {
        .global(name, [.double], result) { arguments, _ throws(CELError) in compute(try arguments.double(0)) }
    }

    /// One number, two numbers or a list of numbers; the parser makes a list of more.
    private static func extremes(_ wanted: Comparison.Order) -> [CELOverload] {
        let numbers: [CELType] = [.int, .uint, .double]
        let one = numbers.map { [$0] }
        let two = numbers.flatMap { left in numbers.map { [left, $0] } }
        let body: CELOverload.Body = { arguments, budget throws(CELError) in
            try extreme(of: arguments, wanted, &budget)
        }
        let plain = (one + two).map { parameters in
            let isUniform = Set(parameters).count == 1
            return CELOverload(parameters, returns: isUniform ? parameters[0] : .dyn, body: body)
        }
        let lists = (numbers + [.dyn]).map { element in
            CELOverload([.list(element)], returns: element) { arguments, budget throws(CELError) in
                try extreme(of: arguments.list(0), wanted, &budget)
            }
        }
        return plain + lists
    }

    private static func extreme(
        of values: [CELValue], _ wanted: Comparison.Order, _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        try budget.charge(values.count)
        guard var best = values.first else {
            throw CELError(.invalidArgument, "math.greatest and math.least need at least one number")
        }
        for value in values {
            guard let order = Comparison.numericOrder(value, best) else {
                throw CELError(
                    .noMatchingOverload, "math.greatest and math.least take numbers, found a \(value.typeName)")
            }
            if order == wanted { best = value }
        }
        return best
    }
}
