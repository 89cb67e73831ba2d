import FoundationEssentials
import Glibc

/// A process with all its descendants: what they have computed and how much memory they hold.
///
/// Reads `/proc`, so it works on Linux and for processes of this machine only.
struct ProcessGroup: Sendable {
    let root: Int32
    /// Whether only the root counts, because its descendants belong to other groups.
    var isAlone = false

    private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

    /// Every process of the group, the root first; empty when it is gone.
    func members() -> [Int32] {
        isAlone ? [root] : Self.descendants(of: root, in: Self.parents())
    }

    /// Processor seconds of the group so far: what lives, and what the root's children that have ended have used.
    func processorSeconds() -> Double {
        let statuses = members().compactMap { Self.status(of: $0) }
        let ticks = statuses.reduce(UInt64(0)) { $0 + $1.ticks + (isAlone ? 0 : $1.endedChildrenTicks) }
        return Double(ticks) / Self.ticksPerSecond
    }

    /// Bytes of memory that the group's processes have in use. What they share is counted once for each of them.
    func residentBytes() -> Int {
        members().reduce(0) { $0 + Self.residentBytes(of: $1) }
    }

    static func status(of process: Int32) -> ProcessStatus? {
        guard let text = ProcFile.text("/proc/\(process)/stat") else { return nil }
        return ProcessStatus(statText: text)
    }

    /// `VmRSS` of one process.
    static func residentBytes(of process: Int32) -> Int {
        guard let text = ProcFile.text("/proc/\(process)/status") else { return 0 }
        return residentBytes(statusText: text)
    }

    /// The value of the line `VmRSS:` in bytes; 0 without it, as for a process that is ending.
    static func residentBytes(statusText: String) -> Int {
        for line in statusText.split(separator: "\n") where line.hasPrefix("VmRSS:") {
            return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
        }
        return 0
    }

    /// The processes below `root` and itself, given everybody's parent.
    static func descendants(of root: Int32, in parents: [Int32: Int32]) -> [Int32] {
        guard parents[root] != nil else { return [] }
        let children = Dictionary(grouping: parents.keys) { parents[$0] ?? 0 }
        var found = [root]
        var next = 0
        while next < found.count {
            found += children[found[next]]?.sorted() ?? []
            next += 1
        }
        return found
    }

    private static func parents() -> [Int32: Int32] {
        var parents: [Int32: Int32] = [:]
        for name in ProcFile.names("/proc") {
            guard let process = Int32(name), let status = status(of: process) else { continue }
            parents[process] = status.parent
        }
        return parents
    }
}
