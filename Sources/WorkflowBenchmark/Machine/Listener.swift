/// Finds the process that listens on a TCP port of this machine, so that servers can be measured whoever started them.
enum Listener {
    /// The process, or nil when it is on another machine or its descriptors are not ours to read.
    static func process(port: Int) -> Int32? {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap { ProcFile.text($0) }
        let sockets = Set(tables.flatMap { inodes(listeningOn: port, table: $0) }.map { "socket:[\($0)]" })
        guard !sockets.isEmpty else { return nil }
        // The lowest number is the parent where several processes share the socket, as PostgreSQL's do for a moment.
        for process in ProcFile.names("/proc").compactMap({ Int32($0) }).sorted() {
            let folder = "/proc/\(process)/fd"
            for descriptor in ProcFile.names(folder) {
                if let link = ProcFile.link("\(folder)/\(descriptor)"), sockets.contains(link) { return process }
            }
        }
        return nil
    }

    /// The inodes of sockets that listen on a port, from the text of `/proc/net/tcp`: the second column is the local
    /// address in hexadecimal, the fourth the state (0A is LISTEN), the tenth the inode.
    static func inodes(listeningOn port: Int, table: String) -> [String] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A",
                let address = fields[1].split(separator: ":").last, Int(address, radix: 16) == port
            else { return nil }
            return String(fields[9])
        }
    }
}
