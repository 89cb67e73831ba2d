import CEL
import PerdureJSON

extension DefinitionParser {
    /// The key `when`: an expression that gives true or false.
    mutating func condition(_ node: DefinitionNode, key: String, scope: TemplateScope) -> StepCondition? {
        let form = "'when' is an expression that gives true or false, e.g. \"${ input.count > 3 }\""
        switch node.content {
        case .scalar(.bool(let value)):
            return StepCondition(template: .literal(.bool(value)), reads: .nothing)
        case .scalar(.string):
            guard let template = template(node, key: key, scope: scope) else { return nil }
            guard case .expression(let program) = template else {
                report(node.place, key: key, "\(form); put all of it between ${ and }.")
                return nil
            }
            guard [.bool, .dyn].contains(program.resultType) else {
                report(node.place, key: key, "\(form); this one gives \(program.resultType).")
                return nil
            }
            return StepCondition(template: template, reads: scope.reads(template))
        default:
            report(node.place, key: key, "\(form); found \(node.kindName).")
            return nil
        }
    }

    /// A loop with what expressions within it need to know.
    struct LoopDraft {
        var loop: StepLoop?
        var variable = "item"
        var itemType = CELType.dyn
    }

    private static let loopKeys = ["in", "as", "max_concurrency", "tolerate", "min_success"]

    /// The key `foreach`. Its variable is known even where the rest has errors, so that they are not reported twice.
    mutating func loop(_ node: DefinitionNode, key: String, scope: TemplateScope) -> LoopDraft {
        var draft = LoopDraft()
        guard let members = node.members else {
            report(
                node.place, key: key,
                "'foreach' is a mapping, e.g. { in: \"${ input.items }\", as: item }; found \(node.kindName).")
            return draft
        }
        checkKeys(members, at: key, known: Self.loopKeys)
        func member(_ name: String) -> DefinitionNode? { members.first { $0.key == name }?.value }
        if let node = member("as"), let name = variable(node, key: "\(key).as") { draft.variable = name }
        let concurrency = member("max_concurrency").flatMap {
            wholeNumber(
                $0, key: "\(key).max_concurrency", 1...Limits.itemsAtWork, what: "The number of items at work at a time"
            )
        }
        let tolerance = member("tolerate").flatMap { self.tolerance($0, key: "\(key).tolerate") }
        let minSuccess = member("min_success").flatMap {
            wholeNumber(
                $0, key: "\(key).min_success", 1...Limits.itemsPerLoop, what: "The number of items that have to succeed"
            )
        }
        guard let node = member("in") else {
            report(node.place, key: key, "The key 'in' is missing; give the list, e.g. in: \"${ input.items }\".")
            return draft
        }
        guard let items = items(node, key: "\(key).in", scope: scope) else { return draft }
        if case .expression(let program) = items, case .list(let type) = program.resultType { draft.itemType = type }
        draft.loop = StepLoop(
            items: items, reads: scope.reads(items), variable: draft.variable,
            maxConcurrency: concurrency ?? Limits.standardItemsAtWork, tolerance: tolerance ?? .standard,
            minSuccess: minSuccess)
        return draft
    }

    private mutating func items(_ node: DefinitionNode, key: String, scope: TemplateScope) -> Template? {
        guard let template = template(node, key: key, scope: scope) else { return nil }
        var found = node.kindName
        switch template {
        case .literal(.array(let items)):
            guard items.count > Limits.itemsPerLoop else { return template }
            found = "one of \(items.count), and the limit is \(Limits.itemsPerLoop)"
        case .array: return template
        case .expression(let program):
            switch program.resultType {
            case .list, .dyn: return template
            case .map, .object:
                report(
                    node.place, key: key,
                    "'in' is a list, and the expression gives a map; write `MAP.map(key, …)` to make a list of it.")
                return nil
            case let type: found = "an expression that gives \(type)"
            }
        default: break
        }
        report(node.place, key: key, "'in' is a list, or an expression that gives one; found \(found).")
        return nil
    }

    private mutating func variable(_ node: DefinitionNode, key: String) -> String? {
        let isUsable = node.text.map { text in
            Self.isName(text) && !text.contains("-") && !TemplateScope.reservedNames.contains(text)
        }
        if let text = node.text, isUsable == true { return text }
        let hint =
            node.text.map { TemplateScope.reservedNames.contains($0) } == true
            ? " means something else in expressions; choose another name." : " is none."
        report(
            node.place, key: key,
            "The variable is a letter followed by letters, digits or '_', e.g. item; "
                + "\(node.json.jsonText.storable(maximum: 64))\(hint)")
        return nil
    }

    private mutating func tolerance(_ node: DefinitionNode, key: String) -> StepLoop.Tolerance? {
        switch node.content {
        case .scalar(.int(let count)) where (0...Int64(Limits.itemsPerLoop)).contains(count):
            return .count(Int(count))
        case .scalar(.string(let text)):
            let digits = text.dropLast()
            if text.hasSuffix("%"), let percent = Int(digits), (0...100).contains(percent) { return .percent(percent) }
        default: break
        }
        report(
            node.place, key: key,
            "'tolerate' is how many items may fail: a whole number from 0, or a percentage from 0% to 100%; found "
                + "\(node.json.jsonText.storable(maximum: 64)).")
        return nil
    }
}
