/// The graph of a definition's steps, to be drawn: in a terminal, or by programs that read Mermaid or DOT.
public struct WorkflowDiagram: Sendable {
    /// A step in the graph.
    struct Node: Sendable {
        let name: String
        /// What it does, in a few words.
        let detail: String
        /// The steps that come before it, by index.
        let needs: [Int]
        /// The step whose failure it is there for, by index.
        var handles: Int?

        /// The steps that it is drawn after.
        var predecessors: [Int] { needs + [handles].compactMap(\.self) }
    }

    /// The workflow and its version.
    let title: String
    /// The steps in the order they are listed.
    let nodes: [Node]

    init(title: String, nodes: [Node]) {
        self.title = title
        self.nodes = nodes
    }

    /// The forms a graph can be drawn in.
    public enum Format: String, CaseIterable, Sendable {
        /// Lines and names for a terminal.
        case text
        /// A flow chart in the language of Mermaid, which many wikis and forges show as a picture.
        case mermaid
        /// The language of Graphviz: `dot -Tsvg`.
        case dot
    }

    /// The graph in a form; every line ends with a line feed.
    public func drawn(as format: Format) -> String {
        switch format {
        case .text: LaneDrawing(self).text
        case .mermaid: mermaid
        case .dot: dot
        }
    }

    // The steps go by numbers in both languages, since a name such as `end` or `node` would be a word of the language.

    private var mermaid: String {
        var lines = ["---", "title: \"\(Self.escaped(title, ["\"": "'", "\\": "/"]))\"", "---", "flowchart TD"]
        // Between quotes Mermaid takes entities of its own for what would end the text, and tags for HTML.
        let entities: [Character: String] = [
            "\"": "#quot;", "#": "#35;", "&": "#amp;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\n": " ", "\r": " ",
        ]
        for (index, node) in nodes.enumerated() {
            let label = [node.name, node.detail].map { Self.escaped($0, entities) }.joined(separator: "<br/>")
            lines.append("    s\(index + 1)[\"\(label)\"]")
        }
        for edge in edges {
            let arrow = edge.isForFailure ? "-. on error .->" : "-->"
            lines.append("    s\(edge.from + 1) \(arrow) s\(edge.to + 1)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var dot: String {
        func quoted(_ text: String) -> String {
            "\"" + Self.escaped(text, ["\"": "\\\"", "\\": "\\\\", "\n": " ", "\r": " "]) + "\""
        }
        var lines = [
            "digraph {", "    label=\(quoted(title))", "    labelloc=t", "    node [shape=box, style=rounded]",
        ]
        for (index, node) in nodes.enumerated() {
            let label = quoted(node.name).dropLast() + "\\n" + quoted(node.detail).dropFirst()
            lines.append("    s\(index + 1) [label=\(label)]")
        }
        for edge in edges {
            let style = edge.isForFailure ? " [style=dashed, label=\"on error\"]" : ""
            lines.append("    s\(edge.from + 1) -> s\(edge.to + 1)\(style)")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private var edges: [(from: Int, to: Int, isForFailure: Bool)] {
        nodes.enumerated().flatMap { index, node in
            node.needs.map { (from: $0, to: index, isForFailure: false) }
                + [node.handles].compactMap(\.self).map { (from: $0, to: index, isForFailure: true) }
        }
    }

    private static func escaped(_ text: String, _ replacements: [Character: String]) -> String {
        text.reduce(into: "") { $0 += replacements[$1] ?? String($1) }
    }
}
