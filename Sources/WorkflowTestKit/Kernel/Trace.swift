/// What happened in a simulation: a hash over all of it, and the last lines.
struct Trace {
    /// How many lines are kept for whoever looks into a failure.
    static let tailLength = 400

    private var lines: [String] = []
    private var next = 0
    /// FNV-1a (Fowler, Noll, Vo) over every line, in order.
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    /// Lines so far.
    private(set) var count = 0
    private let isVerbose: Bool

    /// - Parameter isVerbose: Whether each line is printed at once.
    init(isVerbose: Bool) {
        self.isVerbose = isVerbose
    }

    mutating func add(_ line: String) {
        for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ 10) &* 0x100_0000_01B3
        count += 1
        if isVerbose { print(line) }
        if lines.count < Self.tailLength {
            lines.append(line)
        } else {
            lines[next] = line
            next = (next + 1) % Self.tailLength
        }
    }

    /// The last lines, oldest first.
    var tail: [String] { Array(lines[next...] + lines[..<next]) }
}
