import CEL
import JSONSchema
import PerdureJSON

extension DefinitionParser {
    /// What an error looks like to expressions.
    static let errorType = CELType.object(
        CELObjectType(name: "error", fields: ["code": .string, "message": .string, "step": .dyn], isOpen: false))

    /// What is known of the input; messages call it by its name.
    static func inputType(_ shape: JSONShape) -> CELType {
        guard case .object(var type) = CELType(shape) else { return CELType(shape) }
        type.name = "input"
        return .object(type)
    }

    /// A value with expressions at a place of the workflow; what they name too early is told as such.
    mutating func template(_ node: DefinitionNode, key: String, scope: TemplateScope) -> Template? {
        explained = scope
        defer { explained = nil }
        return template(node, key: key, environment: scope.environment)
    }

    /// A value with expressions, each parsed and checked; errors point into the file.
    mutating func template(_ node: DefinitionNode, key: String, environment: CELEnvironment) -> Template? {
        switch node.content {
        case .scalar(.string(let text)):
            return textTemplate(text, node: node, key: key, environment: environment)
        case .scalar(let value):
            return .literal(value)
        case .sequence(let items):
            var templates: [Template] = []
            for (index, item) in items.enumerated() {
                guard let part = template(item, key: "\(key)[\(index)]", environment: environment) else { continue }
                templates.append(part)
            }
            return Self.collapsed(.array(templates))
        case .mapping(let members):
            var pairs: [(key: String, value: Template)] = []
            for member in members {
                guard let part = template(member.value, key: "\(key).\(member.key)", environment: environment) else {
                    continue
                }
                pairs.append((member.key, part))
            }
            return Self.collapsed(.object(pairs))
        }
    }

    private mutating func textTemplate(
        _ text: String, node: DefinitionNode, key: String, environment: CELEnvironment
    ) -> Template? {
        guard let segments = Template.segments(of: text) else {
            report(node.place, key: key, "An expression that starts with ${ is not closed; add a }.")
            return nil
        }
        var parts: [Template.TextPart] = []
        for segment in segments {
            switch segment {
            case .literal(let piece): parts.append(.literal(piece))
            case .expression(let source, offset: let offset):
                guard let program = program(source, offset: offset, node: node, key: key, environment: environment)
                else {
                    return nil
                }
                parts.append(.expression(program))
            }
        }
        switch parts.count {
        case 0: return .literal(.string(""))
        case 1:
            switch parts[0] {
            case .literal(let piece): return .literal(.string(piece))
            case .expression(let program): return .expression(program)
            }
        default: return .text(parts)
        }
    }

    private mutating func program(
        _ source: String, offset: Int, node: DefinitionNode, key: String, environment: CELEnvironment
    ) -> CELProgram? {
        do {
            let program = try CELProgram(source, environment: environment)
            patternInstructions += program.patternInstructionCount
            guard patternInstructions > Limits.patternInstructions else { return program }
            report(
                node.place, key: key,
                "The regular expressions of the definition are too large together up to here; repeat fewer times, or use fewer."
            )
            return nil
        } catch {
            var place = node.place
            var fault = 0
            if let position = error.position {
                fault = source.utf8.prefix(position.utf8Offset).count { $0 & 0xC0 != 0x80 }
                place = self.place(ofCharacter: offset + fault, in: node)
            }
            report(
                place, key: key,
                "In the expression `\(Self.quoted(source, faultAt: fault))`: \(explanation(of: error, source, environment))"
            )
            return nil
        }
    }

    /// What is wrong with an expression, and what to write instead where that can be guessed.
    private func explanation(of error: CELError, _ source: String, _ environment: CELEnvironment) -> String {
        if let missing = error.missingField, missing.object == "steps",
            let absence = explained?.absence(of: missing.field)
        {
            return "\(absence)."
        }
        if let hyphenated = hyphenatedName(in: source, environment) {
            return "\(error.message). A name with '-' is written \(hyphenated) in an expression."
        }
        let hint = error.suggestion.map { " Did you mean '\($0)'?" } ?? ""
        return error.message + (hint.isEmpty ? "" : ".\(hint)")
    }

    /// The name with a '-' that an expression selects like one without, as it has to be written: `steps["my-step"]`.
    ///
    /// CEL reads `steps.my-step` as a subtraction, so no message of its own tells the author what is wrong.
    private func hyphenatedName(in source: String, _ environment: CELEnvironment) -> String? {
        var paths = (explained?.names ?? []).map { ("steps", $0) }
        var open = environment.variables.map { (path: $0.key, type: $0.value) }
        while let (path, type) = open.popLast() {
            guard case .object(let object) = type else { continue }
            for (name, type) in object.fields {
                paths.append((path, name))
                open.append(("\(path).\(name)", type))
            }
        }
        // The longest, since one name may begin another.
        let selected = paths.filter { $1.contains("-") && source.contains("\($0).\($1)") }.map {
            ($1.utf8.count, $0, $1)
        }
        return selected.max { $0 < $1 }.map { "\($0.1)[\"\($0.2)\"]" }
    }

    /// A container without any expression is a literal, so that it is built once.
    private static func collapsed(_ template: Template) -> Template {
        switch template {
        case .array(let items):
            let values = items.compactMap { if case .literal(let value) = $0 { value } else { nil } }
            return values.count == items.count ? .literal(.array(values)) : template
        case .object(let members):
            var object = JSONObject()
            for (key, value) in members {
                guard case .literal(let literal) = value else { return template }
                object[key] = literal
            }
            return .literal(.object(object))
        default:
            return template
        }
    }
}

extension String {
    var trimmingSpaces: String {
        var slice = self[...]
        while slice.first == " " { slice.removeFirst() }
        while slice.last == " " { slice.removeLast() }
        return String(slice)
    }
}
