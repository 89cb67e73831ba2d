extension Checker {
    /// The names of a chain such as `a.b.c`, if the expression is nothing else.
    private func nameChain(_ expression: Expression) -> (names: [String], isRooted: Bool)? {
        switch expression.kind {
        case .identifier(let name, let isRooted):
            return ([name], isRooted)
        case .select(let operand, let field, isOptional: false):
            guard var chain = nameChain(operand) else { return nil }
            chain.names.append(field)
            return chain
        default:
            return nil
        }
    }

    private func local(_ name: String) -> Local? { locals.last { $0.name == name } }

    /// The qualified name that a chain spells, unless it starts at a macro's variable.
    func qualifiedName(_ expression: Expression) -> (name: String, isRooted: Bool)? {
        guard let chain = nameChain(expression), chain.isRooted || local(chain.names[0]) == nil else { return nil }
        return (chain.names.joined(separator: "."), chain.isRooted)
    }

    /// The declared variable that a whole chain names.
    private func variable(_ expression: Expression) -> (name: String, type: CELType)? {
        guard let qualified = qualifiedName(expression) else { return nil }
        for candidate in environment.candidates(for: qualified.name, isRooted: qualified.isRooted) {
            if let type = environment.variables[candidate] { return (candidate, type) }
        }
        return nil
    }

    /// A variable or a type that a whole chain names.
    private mutating func resolved(_ expression: Expression, isChained: Bool) -> Checked? {
        if let variable = variable(expression) {
            if !isChained { references.insert([variable.name]) }
            return Checked(plan: .variable(variable.name, expression.position), type: variable.type)
        }
        if let qualified = qualifiedName(expression), let type = CELType.denotations[qualified.name] {
            return Checked(plan: .constant(.type(type)), type: .type)
        }
        return nil
    }

    mutating func checkName(_ expression: Expression, isChained: Bool) throws(CELError) -> Checked {
        guard case .identifier(let name, let isRooted) = expression.kind else {
            return try fail(CELError(.syntax, "Expected a name"), at: expression.position)
        }
        if !isRooted, let local = local(name) {
            let plan = local.mayHaveFailed ? Plan.entry(local.slot) : .local(local.slot)
            return Checked(plan: plan, type: local.type)
        }
        if let found = resolved(expression, isChained: isChained) { return found }
        guard !isLenient else { return Checked(plan: .variable(name, expression.position), type: .dyn) }
        let known = locals.map(\.name) + environment.variables.keys
        return try fail(
            CELError(
                .undeclaredReference, "Undeclared name '\(name)'",
                suggestion: Suggestion.nearest(to: name, among: known)), at: expression.position)
    }

    /// The variable and the literal steps from it that an expression reads, if it is such a chain.
    private func staticPath(_ expression: Expression) -> [String]? {
        if let variable = variable(expression) { return [variable.name] }
        switch expression.kind {
        case .select(let operand, let field, _):
            return staticPath(operand).map { $0 + [field] }
        case .index(let operand, let index, _):
            guard case .literal(let value) = index.kind else { return nil }
            switch value {
            case .string(let key): return staticPath(operand).map { $0 + [key] }
            case .int(let key): return staticPath(operand).map { $0 + [String(key)] }
            default: return nil
            }
        default:
            return nil
        }
    }

    /// Records the path of a chain, and tells whether its operand's is thereby recorded too.
    private mutating func record(_ path: [String]?, isChained: Bool) -> Bool {
        guard let path else { return false }
        if !isChained { references.insert(path) }
        return true
    }

    mutating func checkSelect(
        _ expression: Expression, _ operand: Expression, _ field: String, isOptional: Bool, isChained: Bool
    ) throws(CELError) -> Checked {
        if !isOptional, let found = resolved(expression, isChained: isChained) { return found }
        let isRecorded = record(staticPath(expression), isChained: isChained)
        let checked = try check(operand, isChained: isRecorded)
        let position = expression.position
        let type = try fieldType(field, of: checked.type, at: position)
        let plan = Plan.select(checked.plan, field, isOptional: isOptional, position)
        guard isOptional, !isOptionalType(type) else { return Checked(plan: plan, type: type) }
        return Checked(plan: plan, type: .optional(type))
    }

    mutating func checkPresence(
        _ operand: Expression, _ field: String, at position: CELPosition
    ) throws(CELError) -> Checked {
        let isRecorded = record(staticPath(operand).map { $0 + [field] }, isChained: false)
        let checked = try check(operand, isChained: isRecorded)
        _ = try fieldType(field, of: checked.type, at: position)
        return Checked(plan: .presence(checked.plan, field, position), type: .bool)
    }

    private mutating func isOptionalType(_ type: CELType) -> Bool {
        if case .optional = unifier.resolve(type) { return true }
        return false
    }

    /// The type of a field; that of an optional's field is optional.
    private mutating func fieldType(
        _ field: String, of operand: CELType, at position: CELPosition
    ) throws(CELError) -> CELType {
        switch unifier.shape(operand) {
        case .dyn: return .dyn
        case .map(_, let value): return value
        case .optional(let wrapped):
            let type = try fieldType(field, of: wrapped, at: position)
            return isOptionalType(type) ? type : .optional(type)
        case .object(let object):
            if let type = object.fields[field] { return type }
            guard !object.isOpen, !isLenient else { return .dyn }
            throw CELError(
                .undeclaredField, "\(object.name) has no field '\(field)'", position: position,
                suggestion: Suggestion.nearest(to: field, among: object.fields.keys)
            ).naming(CELMissingField(object: object.name, field: field))
        case let other:
            guard !isLenient else { return .dyn }
            throw CELError(
                .typeMismatch, "A value of type \(shown(other)) has no fields, so '.\(field)' cannot be selected",
                position: position)
        }
    }

    mutating func checkIndex(
        _ expression: Expression, _ operand: Expression, _ index: Expression, isOptional: Bool, isChained: Bool
    ) throws(CELError) -> Checked {
        let isRecorded = record(staticPath(expression), isChained: isChained)
        let checkedOperand = try check(operand, isChained: isRecorded)
        let checkedIndex = try check(index)
        let position = expression.position
        var type = try elementType(of: checkedOperand.type, index, checkedIndex, at: position)
        if isOptional, !isOptionalType(type) { type = .optional(type) }
        let plan = Plan.index(checkedOperand.plan, checkedIndex.plan, isOptional: isOptional, position)
        return Checked(plan: plan, type: type)
    }

    private mutating func elementType(
        of operand: CELType, _ index: Expression, _ checkedIndex: Checked, at position: CELPosition
    ) throws(CELError) -> CELType {
        switch unifier.shape(operand) {
        case .dyn: return .dyn
        case .list(let element):
            try expect(.int, of: checkedIndex, at: index.position, "The index of a list")
            return element
        case .map(let key, let value):
            try expect(key, of: checkedIndex, at: index.position, "The key of this map")
            return value
        case .object(let object):
            try expect(.string, of: checkedIndex, at: index.position, "The key of \(object.name)")
            guard case .literal(.string(let field)) = index.kind else { return .dyn }
            return try fieldType(field, of: .object(object), at: index.position)
        case .optional(let wrapped):
            let type = try elementType(of: wrapped, index, checkedIndex, at: position)
            return isOptionalType(type) ? type : .optional(type)
        case let other:
            guard !isLenient else { return .dyn }
            throw CELError(
                .typeMismatch, "A value of type \(shown(other)) cannot be indexed", position: position)
        }
    }
}
