extension Parser {
    /// Words kept free for languages that embed this one. They are good as field names and after a receiver only.
    private static let reservedWords: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    /// Words with a meaning of their own; never a field name.
    private static let keywords: Set<String> = ["true", "false", "null", "in"]

    mutating func primary() throws(CELError) -> Expression {
        let token = current
        switch token.kind {
        case .int(let value):
            take()
            guard let int = Int64(exactly: value) else {
                throw CELError(
                    .syntax, "The integer does not fit in 64 bits; write \(value)u", position: token.position)
            }
            return try node(.literal(.int(int)), at: token.position)
        case .uint(let value): return try literal(.uint(value))
        case .double(let value): return try literal(.double(value))
        case .string(let value): return try literal(.string(value))
        case .bytes(let value): return try literal(.bytes(value))
        case .name("true"): return try literal(.bool(true))
        case .name("false"): return try literal(.bool(false))
        case .name("null"): return try literal(.null)
        case .name: return try identifierOrCall(isRooted: false, at: token.position)
        case .symbol(.dot):
            take()
            return try identifierOrCall(isRooted: true, at: token.position)
        case .symbol(.leftParenthesis):
            take()
            let inner = try expression()
            try expect(.rightParenthesis)
            return inner
        case .symbol(.leftBracket): return try list()
        case .symbol(.leftBrace): return try map()
        default: throw unexpected("a value")
        }
    }

    private mutating func literal(_ value: CELValue) throws(CELError) -> Expression {
        try node(.literal(value), at: take().position)
    }

    private mutating func identifierOrCall(isRooted: Bool, at position: CELPosition) throws(CELError) -> Expression {
        guard case .name(let name) = current.kind, !Self.keywords.contains(name) else { throw unexpected("a name") }
        guard !Self.reservedWords.contains(name) else {
            throw CELError(.syntax, "'\(name)' is a reserved word; choose another name", position: current.position)
        }
        take()
        if take(.leftParenthesis) {
            let arguments = try arguments()
            if !isRooted, let macro = try globalMacro(name, arguments: arguments) { return macro }
            return try node(
                .call(name, isRooted: isRooted, arguments: arguments), at: position, over: arguments)
        }
        return try node(.identifier(name, isRooted: isRooted), at: position)
    }

    /// What follows a value: selections, indices, calls.
    mutating func member(of start: Expression) throws(CELError) -> Expression {
        var operand = start
        while true {
            let position = current.position
            if take(.dot) {
                operand = try selectOrCall(on: operand)
            } else if take(.leftBracket) {
                let isOptional = try takeOptionalMark()
                let index = try expression()
                try expect(.rightBracket)
                operand = try node(
                    .index(operand, index, isOptional: isOptional), at: position, over: [operand, index])
            } else if current.kind == .symbol(.leftBrace), case .identifier = operand.kind {
                throw messageLiteral()
            } else if current.kind == .symbol(.leftBrace), case .select = operand.kind {
                throw messageLiteral()
            } else {
                return operand
            }
        }
    }

    private func messageLiteral() -> CELError {
        CELError(
            .messageLiteral, "Message literals are not offered; write a map such as {'name': value}",
            position: current.position)
    }

    private mutating func selectOrCall(on operand: Expression) throws(CELError) -> Expression {
        let isOptional = try takeOptionalMark()
        let token = current
        switch token.kind {
        case .quotedName(let field):
            take()
            return try node(
                .select(operand, field: field, isOptional: isOptional), at: token.position, over: [operand])
        case .name(let name) where !Self.keywords.contains(name):
            take()
            guard !isOptional, take(.leftParenthesis) else {
                return try node(
                    .select(operand, field: name, isOptional: isOptional), at: token.position, over: [operand])
            }
            let arguments = try arguments()
            if let macro = try receiverMacro(name, on: operand, arguments: arguments, at: token.position) {
                return macro
            }
            return try node(
                .receiverCall(operand, name, arguments: arguments), at: token.position, over: [operand] + arguments)
        default:
            throw unexpected("a field name")
        }
    }

    private mutating func takeOptionalMark() throws(CELError) -> Bool {
        let position = current.position
        guard take(.question) else { return false }
        guard extensions.contains(.optionals) else {
            throw CELError(.syntax, "Optional syntax is not enabled", position: position)
        }
        return true
    }

    /// The arguments of a call whose opening parenthesis is taken.
    private mutating func arguments() throws(CELError) -> [Expression] {
        var arguments: [Expression] = []
        guard !take(.rightParenthesis) else { return arguments }
        repeat { arguments.append(try expression()) } while take(.comma)
        try expect(.rightParenthesis)
        return arguments
    }

    private mutating func list() throws(CELError) -> Expression {
        let position = take().position
        var elements: [Expression.ListElement] = []
        while current.kind != .symbol(.rightBracket) {
            let isOptional = try takeOptionalMark()
            elements.append(.init(value: try expression(), isOptional: isOptional))
            guard take(.comma) else { break }
        }
        try expect(.rightBracket)
        return try node(.list(elements), at: position, over: elements.map(\.value))
    }

    private mutating func map() throws(CELError) -> Expression {
        let position = take().position
        var entries: [Expression.MapEntry] = []
        while current.kind != .symbol(.rightBrace) {
            let isOptional = try takeOptionalMark()
            let key = try expression()
            try expect(.colon)
            entries.append(.init(key: key, value: try expression(), isOptional: isOptional))
            guard take(.comma) else { break }
        }
        try expect(.rightBrace)
        return try node(.map(entries), at: position, over: entries.map(\.key) + entries.map(\.value))
    }
}
