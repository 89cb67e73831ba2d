/// Checks types and names, and turns the syntax tree into an evaluation plan on the way.
struct Checker {
    /// A variable that a macro declares.
    struct Local {
        let name: String
        let type: CELType
        let slot: Int
        /// Whether it may stand for an error, which shows when it is read.
        var mayHaveFailed = false
    }

    let environment: CELEnvironment
    /// Whether errors are left to the evaluation, as where the check is skipped.
    let isLenient: Bool
    var unifier = TypeUnifier()
    var locals: [Local] = []
    /// The most slots that are in use at a time.
    var slotCount = 0
    var references: Set<[String]> = []
    /// Whether the result may hold lists or maps that the evaluation built.
    var buildsAggregates = false
    /// Instructions of the regular expressions that are compiled once.
    var patternInstructions = 0

    init(environment: CELEnvironment, isLenient: Bool) {
        self.environment = environment
        self.isLenient = isLenient
    }

    /// Checks one expression.
    ///
    /// - Parameter isChained: whether the enclosing selection has recorded the reference already.
    mutating func check(_ expression: Expression, isChained: Bool = false) throws(CELError) -> Checked {
        let position = expression.position
        switch expression.kind {
        case .literal(let value): return Checked(plan: .constant(value), type: value.type)
        case .identifier: return try checkName(expression, isChained: isChained)
        case .select(let operand, let field, let isOptional):
            return try checkSelect(expression, operand, field, isOptional: isOptional, isChained: isChained)
        case .presence(let operand, let field): return try checkPresence(operand, field, at: position)
        case .index(let operand, let index, let isOptional):
            return try checkIndex(expression, operand, index, isOptional: isOptional, isChained: isChained)
        case .call(let name, let isRooted, let arguments):
            return try checkCall(name, isRooted: isRooted, arguments, at: position)
        case .receiverCall(let receiver, let name, let arguments):
            return try checkReceiverCall(receiver, name, arguments, at: position)
        case .not(let operand): return try checkNot(operand, at: position)
        case .negate(let operand): return try checkNegate(operand, at: position)
        case .binary(let found, let left, let right): return try checkBinary(found, left, right, at: position)
        case .logical(let isAnd, let operands): return try checkLogical(isAnd, operands, at: position)
        case .conditional(let condition, let accepted, let refused):
            return try checkConditional(condition, accepted, refused, at: position)
        case .list(let elements): return try checkList(elements, at: position)
        case .map(let entries): return try checkMap(entries, at: position)
        case .comprehension(let comprehension): return try checkComprehension(comprehension, at: position)
        case .bind(let name, let value, let body): return try checkBind(name, value, body)
        case .block(let entries, let body): return try checkBlock(entries, body)
        case .optionalMap(let operand, let name, let body, let isFlat):
            return try checkOptionalMap(operand, name, body, isFlat: isFlat, at: position)
        }
    }

    /// Throws the error, or leaves it to the evaluation.
    func fail(_ error: CELError, at position: CELPosition) throws(CELError) -> Checked {
        let located = error.located(at: position)
        guard isLenient else { throw located }
        return Checked(plan: .failure(located), type: .dyn)
    }

    /// Holds an operand to a type.
    mutating func expect(
        _ type: CELType, of checked: Checked, at position: CELPosition, _ what: String
    ) throws(CELError) {
        guard !unifier.assign(checked.type, to: type), !isLenient else { return }
        throw CELError(
            .typeMismatch, "\(what) must be of type \(type), not \(shown(checked.type))", position: position)
    }

    func shown(_ type: CELType) -> String { unifier.resolve(type, unbound: .dyn).description }

    /// The type of the first signature that fits, `dyn` if several with different results do; nil if none does.
    mutating func result(of signatures: [[CELType]], for arguments: [CELType]) -> (type: CELType, matches: [Int])? {
        var found: CELType?
        var matches: [Int] = []
        for (index, signature) in signatures.enumerated() where signature.count == arguments.count + 1 {
            let mark = unifier.mark
            let types = unifier.instantiate(signature)
            var fits = true
            for (argument, parameter) in zip(arguments, types) where fits {
                fits = unifier.assign(argument, to: parameter)
            }
            guard fits else {
                unifier.rollBack(to: mark)
                continue
            }
            matches.append(index)
            let type = unifier.resolve(types[arguments.count])
            found = found == nil || found == type ? type : .dyn
        }
        return found.map { ($0, matches) }
    }
}
