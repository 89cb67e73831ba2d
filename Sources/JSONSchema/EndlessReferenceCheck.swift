import PerdureJSON

/// Finds schemas that would judge the same value by themselves again, for ever.
enum EndlessReferenceCheck {
    private enum Mark { case unseen, open, done }

    /// Throws `endlessReference` for the first schema on such a circle; walks with a stack of its own.
    static func run(_ nodes: [SchemaNode]) throws(JSONSchemaError) {
        let edges = nodes.map { node in node.keywords.flatMap(\.rule.nodesInPlace) }
        var marks = Array(repeating: Mark.unseen, count: nodes.count)
        for root in nodes.indices where marks[root] == .unseen {
            var stack: [(node: Int, next: Int)] = [(root, 0)]
            marks[root] = .open
            while let top = stack.last {
                guard top.next < edges[top.node].count else {
                    marks[top.node] = .done
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let target = edges[top.node][top.next]
                switch marks[target] {
                case .done: continue
                case .unseen:
                    marks[target] = .open
                    stack.append((target, 0))
                case .open:
                    let message = """
                        This schema refers to itself for the same value and would never end; \
                        refer from within 'properties' or 'items' instead.
                        """
                    throw JSONSchemaError(code: .endlessReference, message: message, pointer: nodes[target].pointer)
                }
            }
        }
    }
}
