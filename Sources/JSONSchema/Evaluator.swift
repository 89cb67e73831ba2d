import PerdureJSON

/// One validation: walks the instance and the schema together and collects what does not fit.
struct Evaluator {
    /// A step from a value to one of its parts.
    enum Step {
        case key(String)
        case index(Int)
    }

    let schema: JSONSchema
    private let instance: JSONValue
    private(set) var violations: [JSONSchemaViolation] = []
    /// While set, only validity counts: nothing is recorded and the first failure ends a schema.
    private(set) var isQuiet = false
    private var path: [Step] = []
    /// The resources on the way from the root, which `$dynamicRef` searches from the outside.
    private var scope: [Int] = []
    private var depth = 0
    private var workLeft: Int
    /// Whether what the instance may take for its size is in that already; it is measured only when it is needed.
    private var hasMeasured = false
    // Never less than one: without a violation the value would pass for valid.
    private let maximumViolationCount: Int
    private var givenUp: JSONSchemaViolation?

    init(_ schema: JSONSchema, of instance: JSONValue) {
        self.schema = schema
        self.instance = instance
        workLeft = min(schema.options.baseWork, schema.options.maximumWork)
        maximumViolationCount = max(schema.options.maximumViolationCount, 1)
    }

    mutating func run() -> [JSONSchemaViolation] {
        var evaluated = Evaluated()
        _ = evaluate(0, instance, &evaluated)
        // A verdict reached without finishing says nothing, so giving up comes last and always stays.
        guard let givenUp else { return violations }
        return violations.prefix(maximumViolationCount - 1) + [givenUp]
    }

    mutating func accepts() -> Bool {
        isQuiet = true
        var evaluated = Evaluated()
        return evaluate(0, instance, &evaluated) && givenUp == nil
    }

    /// Whether `value` satisfies a node; what a valid node has looked at is added to `parent`.
    mutating func evaluate(_ index: Int, _ value: JSONValue, _ parent: inout Evaluated) -> Bool {
        let node = schema.nodes[index]
        guard spend(1, at: node) else { return false }
        guard depth < schema.options.maximumDepth else {
            return giveUp(at: node, "The value takes schemas nested deeper than \(schema.options.maximumDepth) levels")
        }
        if let boolean = node.boolean {
            if !boolean { record(node, "false", at: node.pointer, "No value is allowed here.") }
            return boolean
        }
        depth += 1
        let entersResource = scope.last != node.resource
        if entersResource { scope.append(node.resource) }
        defer {
            depth -= 1
            if entersResource { scope.removeLast() }
        }
        var own = Evaluated()
        var isValid = true
        for keyword in node.keywords {
            // After a failure nobody knows what has been looked at; to blame the rest would only confuse.
            if !isValid, keyword.rule.needsEvaluated { break }
            if apply(keyword, of: node, to: value, &own) { continue }
            isValid = false
            if isQuiet || givenUp != nil || violations.count >= maximumViolationCount { break }
        }
        if isValid, schema.tracksEvaluation { parent.formUnion(own) }
        return isValid
    }

    private mutating func apply(
        _ keyword: SchemaNode.Keyword, of node: SchemaNode, to value: JSONValue, _ own: inout Evaluated
    ) -> Bool {
        switch keyword.rule {
        case .members, .required, .dependentRequired, .propertyNames, .propertyCount, .unevaluatedProperties:
            guard case .object(let object) = value else { return true }
            return applyToObject(keyword, node, object, &own)
        case .items, .contains, .itemCount, .uniqueItems, .unevaluatedItems:
            guard case .array(let elements) = value else { return true }
            return applyToArray(keyword, node, elements, &own)
        case .allOf, .anyOf, .oneOf, .not, .conditional, .dependentSchemas, .reference, .dynamicReference:
            return applyCombining(keyword, node, value, &own)
        default:
            return applyToScalar(keyword, node, value)
        }
    }

    /// Whether a part of the value satisfies a node; the part is named in violations.
    mutating func evaluate(_ index: Int, part: JSONValue, at step: Step) -> Bool {
        path.append(step)
        defer { path.removeLast() }
        var evaluated = Evaluated()
        return evaluate(index, part, &evaluated)
    }

    /// Whether a value satisfies a node, without a word about why not.
    mutating func isSatisfied(_ index: Int, by value: JSONValue, _ evaluated: inout Evaluated) -> Bool {
        let wasQuiet = isQuiet
        isQuiet = true
        defer { isQuiet = wasQuiet }
        return evaluate(index, value, &evaluated)
    }

    /// What is wrong with a value by one node alone; the violations so far are left as they are.
    mutating func diagnose(_ index: Int, _ value: JSONValue) -> [JSONSchemaViolation] {
        let saved = violations
        violations = []
        defer { violations = saved }
        var evaluated = Evaluated()
        _ = evaluate(index, value, &evaluated)
        return violations
    }

    /// The node a dynamic reference means here: the outermost resource that has the anchor decides.
    func dynamicTarget(_ fallback: Int, _ anchor: ExactKey?) -> Int {
        guard let anchor else { return fallback }
        for resource in scope {
            if let node = schema.resources[resource].dynamicNodes[anchor] { return node }
        }
        return fallback
    }

    /// Takes steps from the budget; false once it is used up.
    mutating func spend(_ work: Int, at node: SchemaNode) -> Bool {
        guard givenUp == nil else { return false }
        workLeft -= work
        if workLeft < 0, !hasMeasured {
            hasMeasured = true
            let options = schema.options
            let size = instance.size.multipliedReportingOverflow(by: options.workForSize)
            workLeft += min(max(0, options.maximumWork - options.baseWork), size.overflow ? .max : size.partialValue)
        }
        return workLeft >= 0 || giveUp(at: node, "The value takes more work to validate than is allowed")
    }

    private mutating func giveUp(at node: SchemaNode, _ reason: String) -> Bool {
        if givenUp == nil {
            givenUp = JSONSchemaViolation(
                instancePointer: pointer(), schemaPointer: node.pointer, keyword: "limit",
                message: "\(reason); send a smaller value or simplify the schema.")
        }
        return false
    }

    /// Records a failure of a keyword of `node`, unless nobody listens; always false, as the verdict.
    @discardableResult
    mutating func fail(
        _ keyword: SchemaNode.Keyword, _ node: SchemaNode, at step: Step? = nil, _ message: @autoclosure () -> String
    ) -> Bool {
        record(node, keyword.name, at: node.pointer.appending(keyword.name), step: step, message())
        return false
    }

    mutating func record(
        _ node: SchemaNode, _ keyword: String, at schemaPointer: @autoclosure () -> JSONPointer, step: Step? = nil,
        _ message: @autoclosure () -> String
    ) {
        guard !isQuiet, givenUp == nil, violations.count < maximumViolationCount else { return }
        violations.append(
            JSONSchemaViolation(
                instancePointer: pointer(step), schemaPointer: schemaPointer(), keyword: keyword, message: message()))
    }

    private func pointer(_ step: Step? = nil) -> JSONPointer {
        JSONPointer(
            (path + (step.map { [$0] } ?? [])).map { step in
                switch step {
                case .key(let key): key
                case .index(let index): String(index)
                }
            })
    }
}
