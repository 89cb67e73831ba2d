/// Draws a graph in lines of text, as version control draws its history: a step is a dot, and a line leads down from it as
/// long as a later step needs it.
struct LaneDrawing {
    /// More lines side by side than this are easier to read as a list.
    private static let maximumLanes = 24

    private let diagram: WorkflowDiagram
    private let order: [Int]
    /// How many steps still to come need a step.
    private var openNeeds: [Int]
    /// The step whose line runs in a column; nil where there is none.
    private var lanes: [Int?] = []
    private var rows: [(lines: String, label: String)] = []

    init(_ diagram: WorkflowDiagram) {
        self.diagram = diagram
        order = Self.topological(diagram.nodes.map(\.predecessors))
        openNeeds = Array(repeating: 0, count: diagram.nodes.count)
        for need in diagram.nodes.flatMap({ Set($0.predecessors) }) { openNeeds[need] += 1 }
    }

    /// The drawing below its title; a list with each step's needs if the graph is too wide.
    var text: String {
        var drawing = self
        guard drawing.draw() else { return list }
        let width = drawing.rows.map(\.lines.count).max() ?? 0
        let nameWidth = diagram.nodes.map(\.name.count).max() ?? 0
        let lines = drawing.rows.map { row in
            guard let index = Int(row.label) else { return row.lines }
            let node = diagram.nodes[index]
            return padded(row.lines, width) + "  " + padded(node.name, nameWidth) + "  " + description(of: node)
        }
        return ([diagram.title, ""] + lines).joined(separator: "\n") + "\n"
    }

    private var list: String {
        let lines = order.enumerated().map { position, index in
            let node = diagram.nodes[index]
            let needs = node.needs.map { diagram.nodes[$0].name }.joined(separator: ", ")
            return "\(position + 1). \(node.name) (\(description(of: node)))" + (needs.isEmpty ? "" : " after \(needs)")
        }
        return ([diagram.title, ""] + lines).joined(separator: "\n") + "\n"
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func description(of node: WorkflowDiagram.Node) -> String {
        let handled = node.handles.map { ", on error of \(diagram.nodes[$0].name)" } ?? ""
        return oneLine(node.detail) + handled
    }

    private func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// Draws every step; false if there are too many lines side by side.
    private mutating func draw() -> Bool {
        for index in order {
            let needs = Set(diagram.nodes[index].predecessors)
            let tapped = lanes.indices.filter { lane in lanes[lane].map(needs.contains) ?? false }
            for need in needs { openNeeds[need] -= 1 }
            let ended = tapped.filter { lane in lanes[lane].map { openNeeds[$0] == 0 } ?? false }
            // A step goes on where a line ends; else it gets the first free column right of what it needs.
            let column = ended.first ?? freeColumn(after: tapped.last ?? -1)
            guard column < Self.maximumLanes else { return false }
            while lanes.count <= column { lanes.append(nil) }
            let before = lanes
            for lane in ended { lanes[lane] = nil }
            if !tapped.isEmpty { connect(tapped, to: column, before: before) }
            lanes[column] = index
            rows.append((line { $0 == column ? "●" : lanes[$0] == nil ? " " : "│" }, String(index)))
            if openNeeds[index] == 0 { lanes[column] = nil }
        }
        return true
    }

    private func freeColumn(after column: Int) -> Int {
        ((column + 1)..<lanes.count).first { lanes[$0] == nil } ?? max(lanes.count, column + 1)
    }

    /// The row above a step, in which the lines of what it needs come together.
    private mutating func connect(_ tapped: [Int], to column: Int, before: [Int?]) {
        let span = min(tapped[0], column)...max(tapped[tapped.count - 1], column)
        let joined = Set(tapped + [column])
        let marks = lanes.indices.map { lane -> Character in
            guard joined.contains(lane) else {
                // A line that has nothing to do with it crosses without a joint.
                return lanes[lane] != nil ? "│" : span.contains(lane) ? "─" : " "
            }
            return Self.joint(
                up: before[lane] != nil, down: lane == column || lanes[lane] != nil,
                left: lane > span.lowerBound, right: lane < span.upperBound)
        }
        rows.append((line({ marks[$0] }) { span.contains($0) && $0 < span.upperBound ? "─" : " " }, ""))
    }

    /// A row of marks with something between the columns, without spaces at the end.
    private func line(_ mark: (Int) -> Character, between: (Int) -> Character = { _ in " " }) -> String {
        var text = ""
        for lane in lanes.indices {
            text.append(mark(lane))
            text.append(between(lane))
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    private static func joint(up: Bool, down: Bool, left: Bool, right: Bool) -> Character {
        switch (up, down, left, right) {
        case (true, true, true, true): "┼"
        case (true, true, false, true): "├"
        case (true, true, true, false): "┤"
        case (true, false, true, true): "┴"
        case (false, true, true, true): "┬"
        case (true, false, true, false): "╯"
        case (true, false, false, true): "╰"
        case (false, true, true, false): "╮"
        case (false, true, false, true): "╭"
        default: "│"
        }
    }

    /// The steps so that each comes after what it needs, otherwise in the order they are listed.
    private static func topological(_ needs: [[Int]]) -> [Int] {
        var missing = needs.map { Set($0).count }
        let dependants = StepGraph.dependants(needs: needs.map { Array(Set($0)) })
        var order: [Int] = []
        var ready = needs.indices.filter { missing[$0] == 0 }
        while let next = ready.first {
            ready.removeFirst()
            order.append(next)
            for dependant in dependants[next] {
                missing[dependant] -= 1
                guard missing[dependant] == 0 else { continue }
                ready.insert(dependant, at: ready.firstIndex { $0 > dependant } ?? ready.endIndex)
            }
        }
        return order
    }
}
