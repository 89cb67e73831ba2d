/// Decides which types fit which, and remembers what type variables stand for.
///
/// A failed attempt may leave bindings behind, so a caller that tries alternatives notes a ``mark`` before and goes
/// back to it.
struct TypeUnifier {
    private var bindings: [String: CELType] = [:]
    /// What each change to the bindings replaced, in order.
    private var trail: [(name: String, previous: CELType?)] = []
    private var freshCount = 0

    /// The state of the bindings, to go back to.
    var mark: Int { trail.count }

    /// Takes back every binding since a mark.
    mutating func rollBack(to mark: Int) {
        while trail.count > mark, let change = trail.popLast() { bindings[change.name] = change.previous }
    }

    private mutating func set(_ name: String, to type: CELType) {
        trail.append((name, bindings[name]))
        bindings[name] = type
    }

    /// A type variable not used before. The sign keeps it apart from variables that signatures name.
    mutating func fresh() -> CELType {
        freshCount += 1
        return .parameter("$\(freshCount)")
    }

    /// The type with fresh variables in the place of those that a signature names.
    mutating func instantiate(_ types: [CELType]) -> [CELType] {
        var names: [String: CELType] = [:]
        return types.map { rename($0, &names) }
    }

    private mutating func rename(_ type: CELType, _ names: inout [String: CELType]) -> CELType {
        switch type {
        case .parameter(let name):
            if let known = names[name] { return known }
            let variable = fresh()
            names[name] = variable
            return variable
        case .list(let element): return .list(rename(element, &names))
        case .map(let key, let value): return .map(rename(key, &names), rename(value, &names))
        case .optional(let wrapped): return .optional(rename(wrapped, &names))
        case .opaque(let name, let parameters):
            var renamed: [CELType] = []
            for parameter in parameters { renamed.append(rename(parameter, &names)) }
            return .opaque(name, renamed)
        default: return type
        }
    }

    /// The type with bound variables replaced; `unbound` replaces the others.
    func resolve(_ type: CELType, unbound: CELType? = nil) -> CELType {
        switch type {
        case .parameter(let name): bindings[name].map { resolve($0, unbound: unbound) } ?? unbound ?? type
        case .list(let element): .list(resolve(element, unbound: unbound))
        case .map(let key, let value): .map(resolve(key, unbound: unbound), resolve(value, unbound: unbound))
        case .optional(let wrapped): .optional(resolve(wrapped, unbound: unbound))
        case .opaque(let name, let parameters): .opaque(name, parameters.map { resolve($0, unbound: unbound) })
        default: type
        }
    }

    /// The type with its outermost variable replaced; one that is unbound becomes `dyn` from here on.
    mutating func shape(_ type: CELType) -> CELType {
        guard case .parameter(let name) = type else { return type }
        if let bound = bindings[name] { return shape(bound) }
        set(name, to: .dyn)
        return .dyn
    }

    /// Whether a value of one type may stand where the other is asked for; binds variables on the way.
    mutating func assign(_ from: CELType, to target: CELType) -> Bool {
        if from == target { return true }
        if case .parameter(let name) = target {
            guard let bound = bindings[name] else { return bind(name, to: from) }
            guard assign(from, to: bound) else { return false }
            let general = mostGeneral(resolve(from), resolve(bound))
            if !occurs(name, in: general) { set(name, to: general) }
            return true
        }
        if case .parameter(let name) = from {
            guard let bound = bindings[name] else { return bind(name, to: target) }
            return assign(bound, to: target)
        }
        switch (from, target) {
        case (.dyn, _), (_, .dyn): return true
        case (.null, let other), (let other, .null): return other.isNullable
        case (.list(let left), .list(let right)): return assign(left, to: right)
        case (.optional(let left), .optional(let right)): return assign(left, to: right)
        case (.map(let leftKey, let leftValue), .map(let rightKey, let rightValue)):
            return assign(leftKey, to: rightKey) && assign(leftValue, to: rightValue)
        case (.opaque(let left, let leftParameters), .opaque(let right, let rightParameters)):
            guard left == right, leftParameters.count == rightParameters.count else { return false }
            for (left, right) in zip(leftParameters, rightParameters) where !assign(left, to: right) { return false }
            return true
        case (.object, .map(let key, let value)): return assign(.string, to: key) && assign(.dyn, to: value)
        case (.map(let key, _), .object): return assign(key, to: .string)
        default: return false
        }
    }

    private mutating func bind(_ name: String, to type: CELType) -> Bool {
        let type = resolve(type)
        if type == .parameter(name) { return true }
        guard !occurs(name, in: type) else { return false }
        set(name, to: type)
        return true
    }

    private func occurs(_ name: String, in type: CELType) -> Bool {
        switch type {
        case .parameter(let other): other == name || bindings[other].map { occurs(name, in: $0) } ?? false
        case .list(let element): occurs(name, in: element)
        case .map(let key, let value): occurs(name, in: key) || occurs(name, in: value)
        case .optional(let wrapped): occurs(name, in: wrapped)
        case .opaque(_, let parameters): parameters.contains { occurs(name, in: $0) }
        default: false
        }
    }

    /// The type of a list that holds both; `dyn` if neither fits the other.
    mutating func join(_ left: CELType, _ right: CELType) -> CELType {
        let mark = mark
        guard assign(right, to: left) else {
            rollBack(to: mark)
            return .dyn
        }
        return mostGeneral(resolve(left), resolve(right))
    }

    private func mostGeneral(_ left: CELType, _ right: CELType) -> CELType {
        if case .null = right { return left }
        return isAtLeastAsGeneral(left, right) ? left : right
    }

    private func isAtLeastAsGeneral(_ left: CELType, _ right: CELType) -> Bool {
        switch (left, right) {
        case (.dyn, _), (.parameter, _): true
        case (.list(let left), .list(let right)), (.optional(let left), .optional(let right)):
            isAtLeastAsGeneral(left, right)
        case (.map(let leftKey, let leftValue), .map(let rightKey, let rightValue)):
            isAtLeastAsGeneral(leftKey, rightKey) && isAtLeastAsGeneral(leftValue, rightValue)
        case (.opaque(_, let left), .opaque(_, let right)): zip(left, right).allSatisfy(isAtLeastAsGeneral)
        default: left == right
        }
    }
}

extension CELType {
    /// Whether `null` may stand for a value of the type.
    fileprivate var isNullable: Bool {
        switch self {
        case .object, .timestamp, .duration, .optional, .opaque: true
        default: false
        }
    }
}
