import PerdureJSON

/// A YAML value with its place in the file, by the core schema of YAML 1.2 (so `no` and `on` are text, as their
/// writer meant).
struct DefinitionNode {
    enum Content {
        case scalar(JSONValue)
        case sequence([DefinitionNode])
        case mapping([Member])
    }

    /// A key of a mapping with its value.
    struct Member {
        let key: String
        let place: DefinitionPlace
        let value: DefinitionNode
    }

    /// How the text of a scalar stands in the file.
    enum Style {
        case plain, singleQuoted, doubleQuoted, block
        /// With a tag before it, whatever comes after that.
        case tagged
    }

    let content: Content
    let place: DefinitionPlace
    var style = Style.plain

    /// The node as JSON.
    var json: JSONValue {
        switch content {
        case .scalar(let value): value
        case .sequence(let items): .array(items.map(\.json))
        case .mapping(let members):
            .object(members.reduce(into: JSONObject()) { $0[$1.key] = $1.value.json })
        }
    }

    /// What the node is, for messages.
    var kindName: String {
        switch content {
        case .scalar(.null): "nothing"
        case .scalar(.string): "text"
        case .scalar(.bool): "a boolean"
        case .scalar: "a number"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    var text: String? { if case .scalar(.string(let text)) = content { text } else { nil } }
    var members: [Member]? { if case .mapping(let members) = content { members } else { nil } }
    var items: [DefinitionNode]? { if case .sequence(let items) = content { items } else { nil } }

    /// The place of the last key of a path, or of the deepest node on the way there.
    func keyPlace(at tokens: [String]) -> DefinitionPlace {
        let parent = descendant(at: tokens.dropLast())
        return parent.members?.first { $0.key == tokens.last }?.place ?? parent.place
    }

    /// The node at a path of keys and indices, or the deepest one on the way there.
    func descendant(at tokens: some Sequence<String>) -> DefinitionNode {
        var node = self
        for token in tokens {
            if let member = node.members?.first(where: { $0.key == token }) {
                node = member.value
            } else if let index = Int(token), let items = node.items, items.indices.contains(index) {
                node = items[index]
            } else {
                return node
            }
        }
        return node
    }
}

/// A place in a definition file, both from 1.
struct DefinitionPlace: Hashable {
    var line: Int
    var column: Int
}
