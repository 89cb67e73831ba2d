/// How to evaluate an expression: the checked tree with its names resolved.
indirect enum Plan: Sendable {
    case constant(CELValue)
    case variable(String, CELPosition)
    /// A macro's variable, by its slot.
    case local(Int)
    /// An entry of a block, by its slot.
    case entry(Int)
    /// What failed when the check was skipped; it throws if it is reached.
    case failure(CELError)
    case select(Plan, String, isOptional: Bool, CELPosition)
    case presence(Plan, String, CELPosition)
    case index(Plan, Plan, isOptional: Bool, CELPosition)
    case not(Plan, CELPosition)
    case negate(Plan, CELPosition)
    case binary(BinaryOperator, Plan, Plan, CELPosition)
    case logical(isAnd: Bool, [Plan], CELPosition)
    case conditional(Plan, Plan, Plan, CELPosition)
    case list([ListElement], CELPosition)
    case map([MapEntry], CELPosition)
    case call(CallPlan)
    /// `matches` with a literal pattern.
    case matches(Plan, CompiledRegex, CELPosition)
    case comprehension(ComprehensionPlan)
    case bind(slot: Int, Plan, Plan)
    /// Entries for the slots from the first on, and what reads them.
    case block(slot: Int, [Plan], Plan)
    case optionalMap(slot: Int, Plan, Plan, isFlat: Bool, CELPosition)
    case optionalOr(Plan, Plan, isValue: Bool, CELPosition)

    /// An element of a list to build.
    struct ListElement: Sendable {
        let value: Plan
        let isOptional: Bool
    }

    /// An entry of a map to build.
    struct MapEntry: Sendable {
        let key: Plan
        let value: Plan
        let isOptional: Bool
    }
}
