/// The order that `needs` put on steps.
enum StepGraph {
    /// The names on one cycle in order, its first name again at the end; nil when there is none.
    ///
    /// Depth-first search with an explicit stack, so that a chain of a thousand steps takes no call stack.
    static func cycle(needs: [[Int]]) -> [Int]? {
        enum Mark { case unseen, open, done }
        var marks = [Mark](repeating: .unseen, count: needs.count)
        for root in needs.indices where marks[root] == .unseen {
            var path: [(step: Int, next: Int)] = [(root, 0)]
            marks[root] = .open
            while let (step, next) = path.last {
                guard next < needs[step].count else {
                    marks[step] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let need = needs[step][next]
                switch marks[need] {
                case .unseen:
                    marks[need] = .open
                    path.append((need, 0))
                case .open:
                    let start = path.firstIndex { $0.step == need } ?? 0
                    return path[start...].map(\.step) + [need]
                case .done:
                    break
                }
            }
        }
        return nil
    }

    /// For each step all the steps that are done before it starts, through any number of needs, in order. The graph
    /// has no cycle.
    ///
    /// Sets are words of bits: a graph may have a hundred thousand needs, and each joins two sets.
    static func ancestors(needs: [[Int]]) -> [[Int]] {
        var result = [[UInt64]?](repeating: nil, count: needs.count)
        let nothing = [UInt64](repeating: 0, count: needs.count / 64 + 1)
        for root in needs.indices {
            var path = [root]
            while let step = path.last {
                if let open = needs[step].first(where: { result[$0] == nil }) {
                    path.append(open)
                    continue
                }
                var bits = nothing
                for need in needs[step] {
                    bits[need / 64] |= 1 << UInt64(need % 64)
                    for (word, its) in (result[need] ?? nothing).enumerated() { bits[word] |= its }
                }
                result[step] = bits
                path.removeLast()
            }
        }
        return result.map { bits in
            needs.indices.filter { step in bits.map { $0[step / 64] >> UInt64(step % 64) & 1 == 1 } ?? false }
        }
    }

    /// For each step the steps that need it, in the order they are listed.
    static func dependants(needs: [[Int]]) -> [[Int]] {
        var result = [[Int]](repeating: [], count: needs.count)
        for (step, its) in needs.enumerated() {
            for need in its { result[need].append(step) }
        }
        return result
    }
}
