/// A checked expression, ready to be evaluated any number of times, from any thread.
public struct CELProgram: Sendable {
    /// The type of the result, as far as the check can tell.
    public let resultType: CELType
    /// The text the program was made from.
    public let source: String
    /// Every path of variable and fields that the expression reads, e.g. `["steps", "summarize", "output"]`.
    ///
    /// A path is the longest run of selections and literal indices from a declared variable; an index shows in decimal.
    /// What is read through a macro's variable or a computed index ends at the variable itself.
    public let references: Set<[String]>
    /// Instructions of the regular expressions that were given literally: some sixty bytes each that the program keeps.
    public let patternInstructionCount: Int
    private let limits: CELLimits
    private let plan: Plan
    private let slotCount: Int
    private let buildsAggregates: Bool

    /// Parses and checks an expression.
    ///
    /// - Throws: `syntax`, `messageLiteral`, `tooLong`, `tooDeep`, `undeclaredReference`, `undeclaredField`, `typeMismatch`,
    ///   `noMatchingOverload`, and `invalidArgument` for a malformed literal pattern; all with a position.
    public init(
        _ source: String, environment: CELEnvironment, limits: CELLimits = .default
    ) throws(CELError) {
        try self.init(source, environment: environment, limits: limits, isChecked: true)
    }

    /// Parses an expression without holding it to its types and names; what is wrong then fails when evaluated.
    package init(
        unchecked source: String, environment: CELEnvironment, limits: CELLimits = .default
    ) throws(CELError) {
        try self.init(source, environment: environment, limits: limits, isChecked: false)
    }

    private init(
        _ source: String, environment: CELEnvironment, limits: CELLimits, isChecked: Bool
    ) throws(CELError) {
        let expression = try Parser.parse(source, extensions: environment.extensions, limits: limits)
        var checker = Checker(environment: environment, isLenient: !isChecked)
        let checked = try checker.check(expression)
        self.source = source
        self.limits = limits
        plan = checked.plan
        resultType = checker.unifier.resolve(checked.type, unbound: .dyn)
        references = checker.references
        slotCount = checker.slotCount
        buildsAggregates = checker.buildsAggregates
        patternInstructionCount = checker.patternInstructions
    }

    /// Evaluates the expression.
    ///
    /// - Throws: what the evaluation ran into, e.g. `noSuchKey`, `overflow`, `divisionByZero`, `costExceeded`.
    public func evaluate(_ activation: some CELActivation) throws(CELError) -> CELValue {
        try measure(activation).value
    }

    /// Evaluates the expression and tells how many units of work it took.
    ///
    /// - Throws: as ``evaluate(_:)``.
    public func measure(
        _ activation: some CELActivation
    ) throws(CELError) -> (value: CELValue, costUnits: Int) {
        var evaluator = Evaluator(activation: activation, slotCount: slotCount, limits: limits)
        let value = try evaluator.evaluate(plan)
        if buildsAggregates { try evaluator.chargeTree(value) }
        return (value, evaluator.budget.spentUnits)
    }
}
