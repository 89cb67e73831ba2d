/// One form of a function: the types it takes, the type it gives and its body.
public struct CELOverload: Sendable {
    /// Computes the result. It must have no side effects, answer the same for the same arguments, and charge the
    /// budget if its work grows with its arguments.
    public typealias Body =
        @Sendable (_ arguments: [CELValue], _ budget: inout CELBudget) throws(CELError) -> CELValue

    /// The types of the arguments; a receiver counts as the first.
    public let parameters: [CELType]
    /// Whether it is called `a.f(b)` rather than `f(a, b)`.
    public let isReceiver: Bool
    /// The type of the result; ``CELType/parameter(_:)`` in it is bound by the arguments.
    public let result: CELType
    /// What computes the result.
    public let body: Body

    /// Creates an overload.
    public init(
        _ parameters: [CELType], isReceiver: Bool = false, returns result: CELType, body: @escaping Body
    ) {
        self.parameters = parameters
        self.isReceiver = isReceiver
        self.result = result
        self.body = body
    }

    /// Whether the arguments have the types at run time.
    func accepts(_ arguments: [CELValue]) -> Bool {
        guard arguments.count == parameters.count else { return false }
        for index in arguments.indices where !arguments[index].isInstance(of: parameters[index]) { return false }
        return true
    }
}
