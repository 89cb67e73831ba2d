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
    /// The step whose expressions these are; nil outside of steps.
    var reader: Reader?

    /// The step whose expressions are read.
    struct Reader {
        /// Its index.
        let step: Int
        /// What it needs, as the file says.
        let needs: [Int]
        /// For each step those that are over before it starts.
        let ancestors: [[Int]]
    }

    /// The same place with further variables.
    func adding(_ variables: [(String, CELType)]) -> TemplateScope {
        var copy = self
        for (name, type) in variables { copy.more[name] = type }
        return copy
    }

    /// A place where these steps are over.
    func at(_ visible: [Int]) -> TemplateScope {
        TemplateScope(input: input, names: names, visible: visible, more: more, reader: reader)
    }

    /// The same place within a step.
    func within(_ reader: Reader) -> TemplateScope {
        var copy = self
        copy.reader = reader
        return copy
    }

    /// Why `steps` has no field of this name here, though there is a step that is called so; nil where there is none.
    func absence(of name: String) -> String? {
        guard let reader, let step = names.firstIndex(of: name), !visible.contains(step) else { return nil }
        let own = names[reader.step]
        if step == reader.step { return "'\(own)' is this step itself, and its output is not there before it is over" }
        if reader.ancestors[step].contains(reader.step) {
            return "'\(name)' starts after '\(own)', so its output is not there yet; "
                + "read it in a step that needs '\(name)'"
        }
        let needs = reader.needs.map { names[$0] } + [name]
        return "'\(own)' does not need the step '\(name)', so its output may not be there yet; add it: "
            + "needs: [\(needs.count <= Self.needsShown ? needs.joined(separator: ", ") : "…, \(name)")]"
    }

    /// How many needs are shown, at most: a line of them.
    private static let needsShown = 6

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
