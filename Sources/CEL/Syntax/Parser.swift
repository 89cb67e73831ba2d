/// Builds the syntax tree by recursive descent.
struct Parser {
    private let tokens: [Token]
    private var index = 0
    private var depth = 0
    private let maximumDepth: Int
    let extensions: CELExtensions

    private init(tokens: [Token], maximumDepth: Int, extensions: CELExtensions) {
        self.tokens = tokens
        self.maximumDepth = maximumDepth
        self.extensions = extensions
    }

    /// Parses a whole source.
    static func parse(
        _ source: String, extensions: CELExtensions, limits: CELLimits
    ) throws(CELError) -> Expression {
        guard source.utf8.count <= limits.maximumSourceBytes else {
            throw CELError(.tooLong, "The expression is longer than \(limits.maximumSourceBytes) bytes; shorten it")
        }
        let tokens = try Lexer.tokens(of: source)
        var parser = Parser(tokens: tokens, maximumDepth: limits.maximumDepth, extensions: extensions)
        let expression = try parser.expression()
        guard parser.current.kind == .end else { throw parser.unexpected("an operator") }
        return expression
    }

    // MARK: Tokens

    var current: Token { tokens[index] }

    /// Takes the current token; the end is never passed.
    @discardableResult
    mutating func take() -> Token {
        let token = tokens[index]
        if index + 1 < tokens.count { index += 1 }
        return token
    }

    mutating func take(_ symbol: Token.Symbol) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        take()
        return true
    }

    mutating func expect(_ symbol: Token.Symbol) throws(CELError) {
        guard take(symbol) else { throw unexpected("'\(symbol.rawValue)'") }
    }

    /// What other languages write for operators of this one.
    private static let foreignOperators = ["and": "&&", "AND": "&&", "or": "||", "OR": "||", "not": "!", "NOT": "!"]

    func unexpected(_ wanted: String) -> CELError {
        // `a and b` is a name where an operator belongs, `not a` one that another name follows.
        for token in [current] + tokens[..<index].suffix(1) {
            guard case .name(let name) = token.kind, let meant = Self.foreignOperators[name] else { continue }
            return CELError(.syntax, "There is no operator '\(name)'", position: token.position, suggestion: meant)
        }
        return CELError(.syntax, "Expected \(wanted), found \(current.shown)", position: current.position)
    }
    // MARK: Nodes

    func node(
        _ kind: Expression.Kind, at position: CELPosition, over children: [Expression] = []
    ) throws(CELError) -> Expression {
        var height = 0
        for child in children { height = max(height, child.height) }
        guard height < maximumDepth else { throw tooDeep(at: position) }
        return Expression(kind: kind, position: position, height: height + 1)
    }

    private func tooDeep(at position: CELPosition) -> CELError {
        CELError(.tooDeep, "The expression is nested deeper than \(maximumDepth) levels; split it", position: position)
    }

    // MARK: Grammar

    /// A whole expression: a condition with its two branches, or what binds tighter.
    mutating func expression() throws(CELError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= maximumDepth else { throw tooDeep(at: current.position) }
        let condition = try logicalOr()
        let position = current.position
        guard take(.question) else { return condition }
        let accepted = try logicalOr()
        try expect(.colon)
        let refused = try expression()
        return try node(
            .conditional(condition, accepted, refused), at: position, over: [condition, accepted, refused])
    }

    private mutating func logicalOr() throws(CELError) -> Expression {
        var operands = [try logicalAnd()]
        let position = current.position
        while take(.logicalOr) { operands.append(try logicalAnd()) }
        guard operands.count > 1 else { return operands[0] }
        return try node(.logical(isAnd: false, operands), at: position, over: operands)
    }

    private mutating func logicalAnd() throws(CELError) -> Expression {
        var operands = [try binary(minimum: 1)]
        let position = current.position
        while take(.logicalAnd) { operands.append(try binary(minimum: 1)) }
        guard operands.count > 1 else { return operands[0] }
        return try node(.logical(isAnd: true, operands), at: position, over: operands)
    }

    /// Relations, sums and products by precedence climbing; all associate to the left.
    private mutating func binary(minimum: Int) throws(CELError) -> Expression {
        var left = try unary()
        while let found = BinaryOperator(current.kind), found.precedence >= minimum {
            let position = take().position
            let right = try binary(minimum: found.precedence + 1)
            left = try node(.binary(found, left, right), at: position, over: [left, right])
        }
        return left
    }

    private mutating func unary() throws(CELError) -> Expression {
        let position = current.position
        if take(.not) {
            let operand = try nestedUnary()
            return try node(.not(operand), at: position, over: [operand])
        }
        guard take(.minus) else { return try member(of: primary()) }
        // A sign right before a number belongs to it: the smallest int has no positive counterpart.
        if let literal = try negativeLiteral(at: position) { return try member(of: literal) }
        let operand = try nestedUnary()
        return try node(.negate(operand), at: position, over: [operand])
    }

    private mutating func nestedUnary() throws(CELError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= maximumDepth else { throw tooDeep(at: current.position) }
        return try unary()
    }

    private mutating func negativeLiteral(at position: CELPosition) throws(CELError) -> Expression? {
        switch current.kind {
        case .double(let value):
            take()
            return try node(.literal(.double(-value)), at: position)
        case .int(let magnitude):
            take()
            guard magnitude <= Int64.min.magnitude else {
                throw CELError(.syntax, "The integer does not fit in 64 bits", position: position)
            }
            return try node(.literal(.int(Int64(truncatingIfNeeded: 0 &- magnitude))), at: position)
        default:
            return nil
        }
    }
}
