/// The automaton of a pattern as a list of instructions.
struct Program: Sendable {
    enum Instruction: Sendable {
        /// Take this scalar and go on with the next instruction.
        case scalar(UInt32)
        /// Take a scalar of this set and go on with the next instruction.
        case set(Int)
        /// Go on with the next instruction if the condition holds here.
        case assertion(RegexAssertion)
        /// Go on with both, the first preferred.
        case split(Int, Int)
        /// Go on there.
        case jump(Int)
        /// The pattern has matched.
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// Whether a match can only begin at the start of the text.
    let isAnchoredAtStart: Bool

    private let limit: Int

    init(compiling node: RegexNode, limits: LinearRegex.Limits) throws(LinearRegexError) {
        limit = limits.maximumInstructionCount
        isAnchoredAtStart = node.isAnchoredAtStart
        try emit(node)
        try append(.match)
    }

    private mutating func emit(_ node: RegexNode) throws(LinearRegexError) {
        switch node {
        case .empty: return
        case .scalar(let value): try append(.scalar(value))
        case .set(let set):
            sets.append(set)
            try append(.set(sets.count - 1))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let parts):
            for part in parts { try emit(part) }
        case .alternation(let branches): try emit(alternation: branches)
        case .repetition(let body, let minimum, let maximum, let isLazy):
            try emit(body, minimum: minimum, maximum: maximum, isLazy: isLazy)
        }
    }

    private mutating func emit(alternation branches: [RegexNode]) throws(LinearRegexError) {
        var exits: [Int] = []
        for (index, branch) in branches.enumerated() {
            guard index < branches.count - 1 else {
                try emit(branch)
                break
            }
            let split = try append(.match)
            try emit(branch)
            exits.append(try append(.match))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for exit in exits { instructions[exit] = .jump(instructions.count) }
    }

    private mutating func emit(
        _ body: RegexNode, minimum: Int, maximum: Int?, isLazy: Bool
    ) throws(LinearRegexError) {
        var lastStart = instructions.count
        for _ in 0..<minimum {
            lastStart = instructions.count
            try emit(body)
            // A body without instructions matches the empty text, however often; so the count costs nothing.
            if instructions.count == lastStart { return }
        }
        guard let maximum else {
            if minimum > 0 {
                let split = try append(.match)
                instructions[split] = Self.split(into: lastStart, orPast: split + 1, isLazy)
            } else {
                let split = try append(.match)
                try emit(body)
                let back = try append(.jump(split))
                instructions[split] = Self.split(into: split + 1, orPast: back + 1, isLazy)
            }
            return
        }
        var splits: [Int] = []
        for _ in minimum..<maximum {
            splits.append(try append(.match))
            let start = instructions.count
            try emit(body)
            if instructions.count == start { break }
        }
        for split in splits {
            instructions[split] = Self.split(into: split + 1, orPast: instructions.count, isLazy)
        }
    }

    private static func split(into body: Int, orPast end: Int, _ isLazy: Bool) -> Instruction {
        isLazy ? .split(end, body) : .split(body, end)
    }

    @discardableResult
    private mutating func append(_ instruction: Instruction) throws(LinearRegexError) -> Int {
        guard instructions.count < limit else {
            let message = "The pattern needs more than \(limit) instructions; lower the counts in its braces."
            throw LinearRegexError(code: .tooLarge, message: message, position: 0)
        }
        instructions.append(instruction)
        return instructions.count - 1
    }
}
