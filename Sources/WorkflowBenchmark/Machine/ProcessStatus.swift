/// What Linux tells of a process in `/proc/<pid>/stat`.
struct ProcessStatus: Equatable {
    let parent: Int32
    /// Ticks that it has computed, in user and kernel mode.
    let ticks: UInt64
    /// Ticks of its children that have ended and been waited for.
    let endedChildrenTicks: UInt64

    /// Reads the text of `/proc/<pid>/stat`; nil when it is not such a text.
    ///
    /// The second field is the name of the program in brackets and may hold spaces and brackets itself, so the fields
    /// are counted from the last closing bracket. Numbers as in proc(5): 4 is the parent, 14 to 17 are the times.
    init?(statText text: String) {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 14, let parent = Int32(fields[1]) else { return nil }
        let times = fields[11...14].compactMap { UInt64($0) }
        guard times.count == 4 else { return nil }
        self.parent = parent
        ticks = times[0] + times[1]
        endedChildrenTicks = times[2] + times[3]
    }
}
