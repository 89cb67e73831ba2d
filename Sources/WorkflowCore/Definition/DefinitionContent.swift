import PerdureJSON

/// What of a definition counts when somebody asks whether it has changed.
///
/// Comments, layout, the order of keys and what is there for readers alone do not: nothing that an execution does depends on
/// them. The order of the steps counts, since it is `step_order` in the tables.
enum DefinitionContent {
    /// Keys of the workflow that say which definition it is, or say something about it.
    private static let workflowMarks: Set<String> = ["workflow", "version", "description", "deprecated"]

    /// SHA-256 in hexadecimal over what counts.
    static func hash(of root: DefinitionNode) -> String {
        SHA256.hexDigest(of: normalized(root.json).jsonBytes)
    }

    /// The same of a text that was loaded before; nil when it is no YAML any more.
    static func hash(ofSource source: String) -> String? {
        (try? DefinitionNode.read(source)).map { hash(of: $0) }
    }

    /// Where two texts differ, as the path of a key; nil when they do not.
    static func firstDifference(_ old: String, _ new: String) -> String? {
        guard let old = (try? DefinitionNode.read(old)).map({ normalized($0.json) }),
            let new = (try? DefinitionNode.read(new)).map({ normalized($0.json) })
        else { return nil }
        // Two objects are equal in whatever order their members are, and the order of steps counts.
        return new.firstDifference(from: old)
            ?? (old["steps"]?.objectValue?.keys == new["steps"]?.objectValue?.keys ? nil : "steps")
    }

    private static func normalized(_ root: JSONValue) -> JSONValue {
        guard case .object(let members) = root else { return root }
        var result = JSONObject()
        for (key, value) in sorted(members) where !workflowMarks.contains(key) {
            result[key] = key == "steps" ? steps(value) : withSortedKeys(value)
        }
        return .object(result)
    }

    private static func steps(_ value: JSONValue) -> JSONValue {
        guard case .object(let steps) = value else { return value }
        var result = JSONObject()
        for (name, step) in steps {
            guard case .object(var members) = step else {
                result[name] = step
                continue
            }
            members["description"] = nil
            result[name] = withSortedKeys(.object(members))
        }
        return .object(result)
    }

    private static func withSortedKeys(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let items): return .array(items.map(withSortedKeys))
        case .object(let object):
            var result = JSONObject()
            for (key, value) in sorted(object) { result[key] = withSortedKeys(value) }
            return .object(result)
        default: return value
        }
    }

    private static func sorted(_ object: JSONObject) -> [JSONObject.Element] {
        object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
