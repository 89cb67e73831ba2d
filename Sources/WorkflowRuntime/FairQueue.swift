import DequeModule

/// Things that wait, of which workflows take turns, so that ten thousand of one do not hold up another.
///
/// Workflows go round and round, one thing each time (round robin). Within a workflow the higher priority goes first, and
/// among equals what came first.
struct FairQueue<Element> {
    private struct Line {
        var byPriority = [Deque<Element>](repeating: [], count: FairQueue.priorities)
        var count = 0
    }

    private static var priorities: Int { 10 }

    private var lines: [String: Line] = [:]
    /// The workflows that have something waiting, the next one first.
    private var turns: Deque<String> = []
    /// How much waits.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Adds something behind its equals; a workflow that had nothing waiting comes after the others.
    mutating func append(_ element: Element, workflow: String, priority: Int) {
        if add(workflow, priority, { $0.append(element) }) { turns.append(workflow) }
    }

    /// Puts something back before its equals, and its workflow before the others if it had nothing else waiting.
    mutating func prepend(_ element: Element, workflow: String, priority: Int) {
        if add(workflow, priority, { $0.prepend(element) }) { turns.prepend(workflow) }
    }

    /// - Returns: Whether the workflow had nothing waiting.
    private mutating func add(
        _ workflow: String, _ priority: Int, _ insert: (inout Deque<Element>) -> Void
    ) -> Bool {
        let index = min(max(priority, 0), Self.priorities - 1)
        let isNew = lines[workflow] == nil
        insert(&lines[workflow, default: Line()].byPriority[index])
        lines[workflow]?.count += 1
        count += 1
        return isNew
    }

    /// Takes the next thing out, passing over workflows that may not have a turn now; they keep their place.
    mutating func popFirst(where mayHaveTurn: (String) -> Bool = { _ in true }) -> Element? {
        guard let turn = turns.firstIndex(where: mayHaveTurn) else { return nil }
        let workflow = turns.remove(at: turn)
        guard let index = lines[workflow]?.byPriority.lastIndex(where: { !$0.isEmpty }) else { return nil }
        let element = lines[workflow]?.byPriority[index].removeFirst()
        lines[workflow]?.count -= 1
        if lines[workflow]?.count == 0 { lines[workflow] = nil } else { turns.append(workflow) }
        count -= 1
        return element
    }

    /// Whether there is something of a workflow that may have a turn.
    func contains(where mayHaveTurn: (String) -> Bool) -> Bool { turns.contains(where: mayHaveTurn) }

    /// Takes out what is not wanted any more.
    mutating func removeAll(where isUnwanted: (Element) -> Bool) {
        for workflow in turns {
            guard var line = lines.removeValue(forKey: workflow) else { continue }
            for index in line.byPriority.indices { line.byPriority[index].removeAll(where: isUnwanted) }
            line.count = line.byPriority.reduce(0) { $0 + $1.count }
            if line.count > 0 { lines[workflow] = line }
        }
        turns.removeAll { lines[$0] == nil }
        count = lines.values.reduce(0) { $0 + $1.count }
    }
}
