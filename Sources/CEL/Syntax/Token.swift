/// A word of the language with its place.
struct Token: Sendable {
    enum Kind: Sendable, Hashable {
        case int(UInt64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        /// A name, among them the words reserved for other uses.
        case name(String)
        /// A field name in backticks.
        case quotedName(String)
        case symbol(Symbol)
        case end
    }

    /// The fixed tokens; `true`, `false`, `null` and `in` are names to the lexer.
    enum Symbol: String, Sendable, Hashable, CaseIterable {
        case logicalAnd = "&&"
        case logicalOr = "||"
        case equal = "=="
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
        case plus = "+"
        case minus = "-"
        case star = "*"
        case slash = "/"
        case percent = "%"
        case not = "!"
        case question = "?"
        case colon = ":"
        case dot = "."
        case comma = ","
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case leftBracket = "["
        case rightBracket = "]"
        case leftBrace = "{"
        case rightBrace = "}"
    }

    let kind: Kind
    let position: CELPosition

    /// The token as a message shows it.
    var shown: String {
        switch kind {
        case .int, .uint, .double: "a number"
        case .string: "a string"
        case .bytes: "a bytes literal"
        case .name(let name): "'\(name)'"
        case .quotedName(let name): "'`\(name)`'"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .end: "the end of the expression"
        }
    }
}
