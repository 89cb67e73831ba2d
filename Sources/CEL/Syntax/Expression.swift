/// A node of the syntax tree, macros expanded.
struct Expression: Sendable {
    indirect enum Kind: Sendable {
        case literal(CELValue)
        /// A name; rooted if written with a leading dot.
        case identifier(String, isRooted: Bool)
        case select(Expression, field: String, isOptional: Bool)
        /// `has(e.f)`
        case presence(Expression, field: String)
        case index(Expression, Expression, isOptional: Bool)
        case call(String, isRooted: Bool, arguments: [Expression])
        case receiverCall(Expression, String, arguments: [Expression])
        case not(Expression)
        case negate(Expression)
        case binary(BinaryOperator, Expression, Expression)
        /// `&&` or `||` over two or more operands; a chain is one node, so that its length does not count as depth.
        case logical(isAnd: Bool, [Expression])
        case conditional(Expression, Expression, Expression)
        case list([ListElement])
        case map([MapEntry])
        case comprehension(Comprehension)
        /// `cel.bind(name, value, body)`
        case bind(String, Expression, Expression)
        /// `cel.block([first, second], body)`
        case block([Expression], Expression)
        /// `e.optMap(name, body)` and, flat, `e.optFlatMap(name, body)`
        case optionalMap(Expression, String, Expression, isFlat: Bool)
    }

    /// An element of a list literal; an optional one (`?e`) is left out if it has no value.
    struct ListElement: Sendable {
        let value: Expression
        let isOptional: Bool
    }

    /// An entry of a map literal; an optional one (`?k: e`) is left out if it has no value.
    struct MapEntry: Sendable {
        let key: Expression
        let value: Expression
        let isOptional: Bool
    }

    let kind: Kind
    let position: CELPosition
    /// Levels of nodes from here down, at least 1.
    let height: Int
}
