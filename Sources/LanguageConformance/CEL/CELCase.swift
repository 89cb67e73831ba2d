import CEL
import PerdureJSON

/// One case of a file: an expression and what it must come to.
struct CELCase {
    /// What the evaluation must give.
    enum Expectation {
        case value(ExpectedValue)
        case error
    }

    private static let keys: Set<String> = [
        "section", "name", "description", "expr", "container", "declares", "bindings", "value", "error",
        "deduced_type", "disable_check", "check_only",
    ]

    let name: String
    let expression: String
    let container: String
    let declarations: [String]
    let bindings: [(name: String, value: ExpectedValue)]
    let expectation: Expectation
    let deducedType: String?
    let isChecked: Bool
    let isEvaluated: Bool

    /// The name of a case, as far as it has one.
    static func name(of json: JSONValue) -> String {
        "\(json["section"]?.stringValue ?? "?")/\(json["name"]?.stringValue ?? "?")"
    }

    /// Reads a case.
    ///
    /// - Throws: `UnknownForm` for a part that this runner does not know, and `ConformanceError` for one that is malformed.
    init(_ json: JSONValue) throws {
        guard let object = json.objectValue else { throw ConformanceError("the case is not an object") }
        if let key = object.keys.first(where: { !Self.keys.contains($0) }) {
            throw UnknownForm(what: "the key '\(key)'")
        }
        name = Self.name(of: json)
        guard let expression = try Self.text("expr", in: object) else {
            throw ConformanceError("the case has no 'expr'")
        }
        self.expression = expression
        container = try Self.text("container", in: object) ?? ""
        declarations = try (object["declares"]?.arrayValue ?? []).map { declaration in
            guard let text = declaration.stringValue else { throw ConformanceError("a declaration is not a text") }
            return text
        }
        bindings = try (object["bindings"]?.objectValue ?? JSONObject()).map { ($0.key, try ExpectedValue($0.value)) }
        if object["error"] != nil {
            expectation = .error
        } else {
            // Without any expectation the suite means that the result is true.
            expectation = .value(try object["value"].map(ExpectedValue.init) ?? .true)
        }
        deducedType = try Self.text("deduced_type", in: object)
        isChecked = try !Self.flag("disable_check", in: object)
        isEvaluated = try !Self.flag("check_only", in: object)
    }

    private static func text(_ key: String, in object: JSONObject) throws(ConformanceError) -> String? {
        guard let value = object[key] else { return nil }
        guard let text = value.stringValue else { throw ConformanceError("'\(key)' is not a text") }
        return text
    }

    private static func flag(_ key: String, in object: JSONObject) throws(ConformanceError) -> Bool {
        guard let value = object[key] else { return false }
        guard let flag = value.boolValue else { throw ConformanceError("'\(key)' is neither true nor false") }
        return flag
    }
}
