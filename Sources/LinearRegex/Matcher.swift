/// One run of a program over one text: all states advance together, a scalar at a time.
struct Matcher {
    private let program: Program
    private var current: ThreadList
    private var next: ThreadList

    init(_ program: Program) {
        self.program = program
        current = ThreadList(program.instructions.count)
        next = ThreadList(program.instructions.count)
    }

    /// The UTF-8 range of the leftmost match; with `stopsAtFirstSign` any range as soon as there is a match at all.
    mutating func run(_ text: String.UnicodeScalarView, stopsAtFirstSign: Bool) -> Range<Int>? {
        var scalars = text.makeIterator()
        var previous: UInt32?
        var here = scalars.next()
        var offset = 0
        var found: Range<Int>?
        current.clear()
        while true {
            if found == nil, offset == 0 || !program.isAnchoredAtStart {
                current.add(0, of: program, start: offset, previous: previous, next: here?.value)
            }
            // Without states a later start is the only hope, and there is none behind a match or an anchor.
            if current.threads.isEmpty, found != nil || program.isAnchoredAtStart { return found }
            if stopsAtFirstSign, current.hasMatch { return offset..<offset }
            let ahead = here == nil ? nil : scalars.next()
            next.clear()
            for thread in current.threads {
                if case .match = program.instructions[thread.instruction] {
                    found = thread.start..<offset
                    // Every state behind this one is less preferred.
                    break
                }
                guard let here, program.takes(here.value, at: thread.instruction) else { continue }
                next.add(
                    thread.instruction + 1, of: program, start: thread.start, previous: here.value, next: ahead?.value)
            }
            guard let passed = here else { return found }
            swap(&current, &next)
            offset += UTF8.width(passed)
            previous = passed.value
            here = ahead
        }
    }
}

extension Program {
    /// Whether the instruction takes this scalar.
    fileprivate func takes(_ scalar: UInt32, at instruction: Int) -> Bool {
        switch instructions[instruction] {
        case .scalar(let value): value == scalar
        case .set(let index): sets[index].contains(scalar)
        default: false
        }
    }
}

/// The states at one place in the text, by preference, each instruction at most once.
private struct ThreadList {
    /// A state the automaton is in, with the byte at which its match began.
    struct Thread {
        let instruction: Int
        let start: Int
    }

    private(set) var threads: [Thread] = []
    private(set) var hasMatch = false
    // Marks carry the generation they were made in, so that clearing does not touch them.
    private var marks: [UInt]
    private var generation: UInt = 0
    private var pending: [Int] = []

    init(_ instructionCount: Int) { marks = Array(repeating: 0, count: instructionCount) }

    mutating func clear() {
        threads.removeAll(keepingCapacity: true)
        hasMatch = false
        generation += 1
    }

    /// Adds the states reachable from an instruction without taking a scalar, in order of preference.
    mutating func add(_ first: Int, of program: Program, start: Int, previous: UInt32?, next: UInt32?) {
        pending.append(first)
        while let instruction = pending.popLast() {
            guard marks[instruction] != generation else { continue }
            marks[instruction] = generation
            switch program.instructions[instruction] {
            case .jump(let target): pending.append(target)
            case .split(let preferred, let other):
                pending.append(other)
                pending.append(preferred)
            case .assertion(let assertion):
                if assertion.holds(previous: previous, next: next) { pending.append(instruction + 1) }
            case .match:
                hasMatch = true
                threads.append(Thread(instruction: instruction, start: start))
            case .scalar, .set:
                threads.append(Thread(instruction: instruction, start: start))
            }
        }
    }
}
