/// The types that operators take and give.
enum OperatorSignatures {
    /// Operand types and, last, the type of the result.
    typealias Signature = [CELType]

    static func of(_ binaryOperator: BinaryOperator) -> [Signature] {
        switch binaryOperator {
        case .add: sums
        case .subtract: differences
        case .multiply, .divide: same([.int, .uint, .double])
        case .remainder: same([.int, .uint])
        case .equal, .notEqual: [[.parameter("A"), .parameter("A"), .bool]]
        case .less, .lessOrEqual, .greater, .greaterOrEqual: orders
        case .contained:
            [
                [.parameter("A"), .list(.parameter("A")), .bool],
                [.parameter("A"), .map(.parameter("A"), .parameter("B")), .bool],
            ]
        }
    }

    static let negation: [Signature] = [[.int, .int], [.double, .double]]

    private static let sums: [Signature] =
        same([.int, .uint, .double, .string, .bytes, .list(.parameter("A")), .duration]) + [
            [.timestamp, .duration, .timestamp], [.duration, .timestamp, .timestamp],
        ]

    private static let differences: [Signature] =
        same([.int, .uint, .double, .duration]) + [
            [.timestamp, .timestamp, .duration], [.timestamp, .duration, .timestamp],
        ]

    /// Like with like, and any number with any other: all lie on one line.
    private static let orders: [Signature] = {
        let numbers: [CELType] = [.int, .uint, .double]
        let mixed = numbers.flatMap { left in numbers.map { right in [left, right, .bool] } }
        return [.bool, .string, .bytes, .timestamp, .duration].map { [$0, $0, .bool] } + mixed
    }()

    private static func same(_ types: [CELType]) -> [Signature] { types.map { [$0, $0, $0] } }
}
