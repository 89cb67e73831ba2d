import Foundation

/// A page of the documentation, as far as it makes promises that can be tested.
struct Page {
    /// The folder of the package.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The pages that a reader finds.
    static let all = ["README.md", "docs/architecture.md", "docs/benchmarks.md", "docs/workflows.md"]

    /// The built-in agents, and those that the examples make up.
    static let agents: Set<String> = ["summarize", "extract_entities", "book", "unbook", "charge", "alert"]

    let path: String
    let text: String

    /// - Parameter path: relative to the folder of the package.
    init(_ path: String) throws {
        self.path = path
        text = try String(contentsOfFile: "\(Self.folder)/\(path)", encoding: .utf8)
    }

    /// The blocks that follow a line `<!-- test: NAME -->`, by name.
    var snippets: [String: String] {
        var result: [String: String] = [:]
        let block = /<!-- test: (\S+) -->\n```\w+\n((?:(?!```).*\n)*)```/
        for match in text.matches(of: block) { result[String(match.1)] = String(match.2) }
        return result
    }

    /// How many lines announce a block; as many as there are snippets, unless one is malformed or named twice.
    var announcedSnippets: Int { text.matches(of: /<!-- test:/).count }

    /// The targets of links: `file`, `file#anchor` or `#anchor`, not those to other sites.
    var links: [String] {
        prose.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }.filter { !$0.contains("://") }
    }

    /// The anchors of the headings, as forges make them.
    var anchors: Set<String> {
        Set(
            prose.matches(of: /(?m)^#{1,6} (.+)$/).map { heading in
                let kept = heading.1.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
                return kept.replacing(" ", with: "-")
            })
    }

    /// The text without its blocks of code.
    var prose: String { text.replacing(/(?m)^```(?:.*\n)*?```/, with: "") }
}
