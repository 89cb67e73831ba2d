import Glibc
import Testing

@testable import WorkflowBenchmark

@Suite struct MachineTests {
    @Test func `the times of a process are found behind a name with spaces and brackets`() throws {
        let text =
            "4242 (a ) b (c)) S 17 4242 4242 0 -1 4194560 100 200 0 0 31 11 5 7 20 0 3 0 900 1000 50 18446744073709551615"
        let status = try #require(ProcessStatus(statText: text))
        #expect(status.parent == 17)
        #expect(status.ticks == 42)
        #expect(status.endedChildrenTicks == 12)
        #expect(ProcessStatus(statText: "") == nil)
        #expect(ProcessStatus(statText: "1 (x) S 1 2") == nil)
    }

    @Test func `a group is a process with all below it`() {
        let parents: [Int32: Int32] = [10: 1, 11: 10, 12: 10, 13: 12, 20: 1, 21: 20]
        #expect(ProcessGroup.descendants(of: 10, in: parents) == [10, 11, 12, 13])
        #expect(ProcessGroup.descendants(of: 21, in: parents) == [21])
        #expect(ProcessGroup.descendants(of: 99, in: parents).isEmpty, "it is gone")
    }

    @Test func `memory is read from the line that has it`() {
        #expect(ProcessGroup.residentBytes(statusText: "Name:\tx\nVmHWM:\t  90 kB\nVmRSS:\t   80 kB\n") == 80 * 1024)
        #expect(ProcessGroup.residentBytes(statusText: "Name:\tx\n") == 0)
    }

    @Test func `this process computes and holds memory`() {
        let group = ProcessGroup(root: getpid(), isAlone: true)
        let before = group.processorSeconds()
        var sum: UInt64 = 1
        while group.processorSeconds() <= before {
            for _ in 0..<100_000 { sum = sum &* 6_364_136_223_846_793_005 &+ 1 }
        }
        #expect(sum != 0 && group.residentBytes() > 1 << 20)
    }

    @Test func `the listener of a port is found by its socket`() throws {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0
               1: 0100007F:1538 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0 20 4 30 10 -1
               2: 0100007F:1539 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13 1 0 100 0 0 10 0
            """
        #expect(Listener.inodes(listeningOn: 0x1538, table: table) == ["11"], "connections do not count")

        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        try #require(descriptor >= 0 && listen(descriptor, 1) == 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        try #require(status == 0)
        #expect(Listener.process(port: Int(UInt16(bigEndian: address.sin_port))) == getpid())
    }
}
