import LinearRegex

extension Checker {
    mutating func checkCall(
        _ name: String, isRooted: Bool, _ arguments: [Expression], at position: CELPosition
    ) throws(CELError) -> Checked {
        let checked = try checkAll(arguments)
        if let name = functionName(name, isRooted: isRooted, isReceiver: false) {
            return try call(name, isReceiver: false, checked, arguments, at: position)
        }
        return try undeclaredFunction(name, at: position)
    }

    mutating func checkReceiverCall(
        _ receiver: Expression, _ name: String, _ arguments: [Expression], at position: CELPosition
    ) throws(CELError) -> Checked {
        if let namespace = qualifiedName(receiver),
            let function = functionName("\(namespace.name).\(name)", isRooted: namespace.isRooted, isReceiver: false)
        {
            return try call(function, isReceiver: false, checkAll(arguments), arguments, at: position)
        }
        let checked = try checkAll([receiver] + arguments)
        if environment.extensions.contains(.optionals), checked.count == 2, name == "or" || name == "orValue",
            let alternative = try checkAlternative(name, checked, at: position)
        {
            return alternative
        }
        guard functionName(name, isRooted: true, isReceiver: true) != nil else {
            return try undeclaredFunction(name, at: position)
        }
        return try call(name, isReceiver: true, checked, [receiver] + arguments, at: position)
    }

    private mutating func checkAll(_ expressions: [Expression]) throws(CELError) -> [Checked] {
        var checked: [Checked] = []
        checked.reserveCapacity(expressions.count)
        for expression in expressions { checked.append(try check(expression)) }
        return checked
    }

    /// The full name of a function that has overloads in the wanted style.
    private func functionName(_ name: String, isRooted: Bool, isReceiver: Bool) -> String? {
        environment.candidates(for: name, isRooted: isRooted).first { candidate in
            environment.overloads(named: candidate).contains { $0.isReceiver == isReceiver }
        }
    }

    private func undeclaredFunction(_ name: String, at position: CELPosition) throws(CELError) -> Checked {
        try fail(
            CELError(
                .undeclaredReference, "Undeclared function '\(name)'",
                suggestion: Suggestion.nearest(to: name, among: environment.functionNames)), at: position)
    }

    private mutating func call(
        _ name: String, isReceiver: Bool, _ arguments: [Checked], _ expressions: [Expression], at position: CELPosition
    ) throws(CELError) -> Checked {
        let all = environment.overloads(named: name).filter { $0.isReceiver == isReceiver }
        let types = arguments.map(\.type)
        guard let found = result(of: all.map { $0.parameters + [$0.result] }, for: types) else {
            let error = CELError(.noMatchingOverload, mismatch(name, isReceiver: isReceiver, types), position: position)
            guard isLenient else { throw error }
            let plan = CallPlan(name: name, overloads: all, arguments: arguments.map(\.plan), position: position)
            return Checked(plan: .call(plan), type: .dyn)
        }
        buildsAggregates = buildsAggregates || found.type.mayHoldAggregates
        if name == "matches", let regex = try literalRegex(expressions) {
            return Checked(plan: .matches(arguments[0].plan, regex, position), type: .bool)
        }
        let plan = CallPlan(
            name: name, overloads: found.matches.map { all[$0] }, arguments: arguments.map(\.plan),
            position: position)
        return Checked(plan: .call(plan), type: found.type)
    }

    private func mismatch(_ name: String, isReceiver: Bool, _ types: [CELType]) -> String {
        guard isReceiver, let receiver = types.first else {
            return "Function '\(name)' does not take (\(types.map(shown).joined(separator: ", ")))"
        }
        let rest = types.dropFirst().map(shown).joined(separator: ", ")
        return "Function '\(name)' on a \(shown(receiver)) does not take (\(rest))"
    }

    /// Four of the largest patterns, about a megabyte.
    private static let maximumPatternInstructions = 16_384

    /// A pattern given literally is compiled once, and its errors show when the expression is checked.
    private mutating func literalRegex(_ arguments: [Expression]) throws(CELError) -> CompiledRegex? {
        guard arguments.count == 2, case .literal(.string(let pattern)) = arguments[1].kind else { return nil }
        let regex: CompiledRegex
        do {
            regex = try CompiledRegex(pattern)
        } catch {
            guard isLenient else { throw error.located(at: arguments[1].position) }
            return nil
        }
        patternInstructions += regex.instructionCount
        guard patternInstructions <= Self.maximumPatternInstructions else {
            throw CELError(
                .tooLong,
                "The regular expressions up to here are too large together; repeat fewer times, or use fewer",
                position: arguments[1].position)
        }
        return regex
    }

    /// `a.or(b)` and `a.orValue(b)`, which evaluate `b` only if they need it.
    private mutating func checkAlternative(
        _ name: String, _ arguments: [Checked], at position: CELPosition
    ) throws(CELError) -> Checked? {
        let value = CELType.parameter("T")
        let isValue = name == "orValue"
        let signature: [CELType] =
            isValue ? [.optional(value), value, value] : [.optional(value), .optional(value), .optional(value)]
        guard let found = result(of: [signature], for: arguments.map(\.type)) ?? (isLenient ? (.dyn, []) : nil) else {
            return nil
        }
        let plan = Plan.optionalOr(arguments[0].plan, arguments[1].plan, isValue: isValue, position)
        return Checked(plan: plan, type: found.type)
    }
}

extension CELType {
    /// Whether a value of the type may contain lists or maps.
    fileprivate var mayHoldAggregates: Bool {
        switch self {
        case .list, .map, .object, .dyn, .optional, .opaque, .parameter: true
        default: false
        }
    }
}
