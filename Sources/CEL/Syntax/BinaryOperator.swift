/// An operator with two operands that are both evaluated.
enum BinaryOperator: String, Sendable, Hashable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contained = "in"

    /// How tightly it binds: 1 for relations, 2 for sums, 3 for products.
    var precedence: Int {
        switch self {
        case .multiply, .divide, .remainder: 3
        case .add, .subtract: 2
        default: 1
        }
    }

    init?(_ token: Token.Kind) {
        switch token {
        case .name("in"): self = .contained
        case .symbol(let symbol):
            guard let found = BinaryOperator(rawValue: symbol.rawValue) else { return nil }
            self = found
        default: return nil
        }
    }
}
