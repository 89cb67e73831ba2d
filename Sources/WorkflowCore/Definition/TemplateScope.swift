import CEL

/// What the expressions at one place of a definition may name: the input, the steps that are over by then, the execution
/// itself, and what belongs to the place alone.
struct TemplateScope {
    let input: CELType
    /// The names of all steps by index.
    let names: [String]
    /// The steps that are over, by index in order.
    let visible: [Int]
    /// What belongs to the place alone.
    var more: [String: CELType] = [:]

    /// The same place with further variables.
    func adding(_ variables: [(String, CELType)]) -> TemplateScope {
        var copy = self
        for (name, type) in variables { copy.more[name] = type }
        return copy
    }

    /// A place where these steps are over.
    func at(_ visible: [Int]) -> TemplateScope {
        TemplateScope(input: input, names: names, visible: visible, more: more)
    }

    /// What a template here reads.
    func reads(_ template: Template?) -> ExpressionReads {
        ExpressionReads(template, visible: visible, names: names)
    }

    /// What the checker goes by.
    var environment: CELEnvironment {
        let step = CELType.object(
            CELObjectType(name: "a step", fields: ["output": .dyn, "status": .string, "error": .dyn], isOpen: false))
        let steps = Dictionary(visible.map { (names[$0], step) }) { first, _ in first }
        let standard: [String: CELType] = [
            "input": input,
            "steps": .object(CELObjectType(name: "steps", fields: steps, isOpen: false)),
            "execution": ExecutionFunctions.receiver,
            "metadata": .dyn,
        ]
        return CELEnvironment(variables: standard.merging(more) { $1 }, functions: ExecutionFunctions.all)
    }

    /// The names that a loop's variable may not have: they mean something else in expressions.
    static let reservedNames: Set<String> = [
        "input", "steps", "execution", "metadata", "index", "error",
        // The reserved words of CEL.
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
        "namespace", "null", "package", "return", "true", "var", "void", "while",
    ]
}
