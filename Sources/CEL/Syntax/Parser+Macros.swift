extension Parser {
    /// The expansion of a call without receiver, if it is a macro's.
    func globalMacro(
        _ name: String, arguments: [Expression]
    ) throws(CELError) -> Expression? {
        guard name == "has", arguments.count == 1 else { return nil }
        guard case .select(let operand, let field, isOptional: false) = arguments[0].kind else {
            throw CELError(.syntax, "has() takes a selection such as has(a.b)", position: arguments[0].position)
        }
        return try node(.presence(operand, field: field), at: arguments[0].position, over: [operand])
    }

    /// The expansion of a call with a receiver, if it is a macro's.
    func receiverMacro(
        _ name: String, on receiver: Expression, arguments: [Expression], at position: CELPosition
    ) throws(CELError) -> Expression? {
        if case .identifier(let namespace, isRooted: false) = receiver.kind {
            if let macro = try namespacedMacro(namespace, name, arguments: arguments, at: position) { return macro }
        }
        if let macro = try oneVariableMacro(name, on: receiver, arguments: arguments, at: position) { return macro }
        if extensions.contains(.twoVariableMacros),
            let macro = try twoVariableMacro(name, on: receiver, arguments: arguments, at: position)
        {
            return macro
        }
        guard extensions.contains(.optionals), name == "optMap" || name == "optFlatMap", arguments.count == 2 else {
            return nil
        }
        let variable = try variableName(arguments[0])
        return try node(
            .optionalMap(receiver, variable, arguments[1], isFlat: name == "optFlatMap"), at: position,
            over: [receiver, arguments[1]])
    }

    private func namespacedMacro(
        _ namespace: String, _ name: String, arguments: [Expression], at position: CELPosition
    ) throws(CELError) -> Expression? {
        if namespace == "cel", extensions.contains(.bindings),
            let macro = try blockMacro(name, arguments: arguments, at: position)
        {
            return macro
        }
        switch (namespace, name, arguments.count) {
        case ("cel", "bind", 3) where extensions.contains(.bindings):
            let variable = try variableName(arguments[0])
            return try node(
                .bind(variable, arguments[1], arguments[2]), at: position, over: [arguments[1], arguments[2]])
        case ("math", "greatest", 3...) where extensions.contains(.math),
            ("math", "least", 3...) where extensions.contains(.math):
            let elements = arguments.map { Expression.ListElement(value: $0, isOptional: false) }
            let list = try node(.list(elements), at: position, over: arguments)
            let receiver = try node(.identifier(namespace, isRooted: false), at: position)
            return try node(.receiverCall(receiver, name, arguments: [list]), at: position, over: [list])
        default:
            return nil
        }
    }

    private func oneVariableMacro(
        _ name: String, on range: Expression, arguments: [Expression], at position: CELPosition
    ) throws(CELError) -> Expression? {
        let kind: Comprehension.Kind
        var condition: Expression?
        var transform: Expression?
        switch (name, arguments.count) {
        case ("all", 2): kind = .all
        case ("exists", 2): kind = .exists
        case ("exists_one", 2), ("existsOne", 2): kind = .existsOne
        case ("filter", 2): kind = .filter
        case ("sortBy", 2) where extensions.contains(.lists):
            kind = .sortBy
            transform = arguments[1]
        case ("map", 2):
            kind = .map
            transform = arguments[1]
        case ("map", 3):
            kind = .map
            condition = arguments[1]
            transform = arguments[2]
        default: return nil
        }
        if transform == nil { condition = arguments[1] }
        return try comprehension(
            Comprehension(
                kind: kind, range: range, first: variableName(arguments[0]), second: nil, condition: condition,
                transform: transform), at: position)
    }

    private func twoVariableMacro(
        _ name: String, on range: Expression, arguments: [Expression], at position: CELPosition
    ) throws(CELError) -> Expression? {
        let kind: Comprehension.Kind
        var condition: Expression?
        var transform: Expression?
        switch (name, arguments.count) {
        case ("all", 3): kind = .all
        case ("exists", 3): kind = .exists
        case ("exists_one", 3), ("existsOne", 3): kind = .existsOne
        case ("transformList", 3...4): kind = .transformList
        case ("transformMap", 3...4): kind = .transformMap
        case ("transformMapEntry", 3...4): kind = .transformMapEntry
        default: return nil
        }
        if name.hasPrefix("transform") {
            transform = arguments.last
            condition = arguments.count == 4 ? arguments[2] : nil
        } else {
            condition = arguments[2]
        }
        let first = try variableName(arguments[0])
        let second = try variableName(arguments[1])
        guard first != second else {
            throw CELError(
                .syntax, "The two variables need different names, both are '\(first)'",
                position: arguments[1].position)
        }
        return try comprehension(
            Comprehension(
                kind: kind, range: range, first: first, second: second, condition: condition, transform: transform),
            at: position)
    }

    /// `cel.block` and the names that are used with it. The names hold signs that no source can spell.
    private func blockMacro(
        _ name: String, arguments: [Expression], at position: CELPosition
    ) throws(CELError) -> Expression? {
        switch (name, arguments.count) {
        case ("block", 2):
            guard case .list(let elements) = arguments[0].kind, !elements.contains(where: \.isOptional) else {
                throw CELError(
                    .syntax, "cel.block() takes a list such as [first, second]", position: arguments[0].position)
            }
            return try node(.block(elements.map(\.value), arguments[1]), at: position, over: arguments)
        case ("index", 1):
            return try node(
                .identifier(Self.entryName(number(arguments[0])), isRooted: false), at: position)
        case ("iterVar", 2):
            let variable = "@iterVar(\(try number(arguments[0])), \(try number(arguments[1])))"
            return try node(.identifier(variable, isRooted: false), at: position)
        default:
            return nil
        }
    }

    /// The name of an entry of `cel.block` by its number.
    static func entryName(_ number: Int64) -> String { "@index(\(number))" }

    private func number(_ argument: Expression) throws(CELError) -> Int64 {
        guard case .literal(.int(let number)) = argument.kind, number >= 0 else {
            throw CELError(.syntax, "A number from 0 has to be written here", position: argument.position)
        }
        return number
    }

    private func comprehension(
        _ comprehension: Comprehension, at position: CELPosition
    ) throws(CELError) -> Expression {
        var children = [comprehension.range]
        if let condition = comprehension.condition { children.append(condition) }
        if let transform = comprehension.transform { children.append(transform) }
        return try node(.comprehension(comprehension), at: position, over: children)
    }

    private func variableName(_ argument: Expression) throws(CELError) -> String {
        guard case .identifier(let name, isRooted: false) = argument.kind else {
            throw CELError(.syntax, "A macro's variable must be a simple name", position: argument.position)
        }
        return name
    }
}
