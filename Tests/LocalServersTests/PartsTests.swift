import Foundation
import Glibc
import Testing

@testable import LocalServers

/// The parts that need no server.
@Suite struct PartsTests {
    @Test func `ports are remembered, replaced when taken, and refused when fixed and taken`() throws {
        let scratch = try Scratch("ports")
        var book = PortBook(path: "\(scratch.path)/ports")
        // Not the same in every run: another may be doing this on the same machine.
        try book.settle(fixed: [:], seed: .random(in: 0..<10_000))
        let chosen = book.ports
        #expect(Set(chosen.values).count == LocalPort.allCases.count)
        #expect(chosen.values.allSatisfy { PortBook.range.contains($0) })

        var again = PortBook(path: "\(scratch.path)/ports")
        try again.settle(fixed: [:], seed: 12_345)
        #expect(again.ports == chosen)

        let taken = try #require(chosen[.amqp])
        let listener = try listen(on: taken)
        defer { close(listener) }
        try again.settle(fixed: [:], seed: 12_345)
        #expect(again.ports[.amqp] != taken)
        #expect(again.ports[.postgres] == chosen[.postgres])
        #expect { try again.settle(fixed: [.postgres: taken], seed: 1) } throws: {
            ($0 as? LocalServersError)?.code == .portUnavailable
        }
    }

    @Test func `a missing program is named with what to install`() throws {
        #expect {
            try Programs.require("no-such-program-\(getpid())", package: "some-package")
        } throws: { error in
            let error = error as? LocalServersError
            return error?.code == .programMissing && error?.message.contains("apt-get install some-package") == true
        }
        #expect { try Programs.postgresBinaries(major: 3) } throws: {
            ($0 as? LocalServersError)?.code == .dataIncompatible
        }
    }

    @Test func `a directory that cannot be made is a clear error`() async throws {
        await #expect {
            _ = try await LocalServers.start(.init(directory: "/proc/no-such-place"))
        } throws: { ($0 as? LocalServersError)?.code == .directoryUnusable }
    }

    @Test func `the end of a log is quoted without colours and without what an earlier server wrote`() throws {
        let scratch = try Scratch("tail")
        let path = "\(scratch.path)/log"
        let old = "old line\n"
        try (old + "\u{1b}[38;5;87mbad thing\u{1b}[0m\n").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(LogTail.read(path, after: UInt64(old.utf8.count)).hasSuffix("\nbad thing"))
        #expect(!LogTail.read(path, after: UInt64(old.utf8.count)).contains("old line"))
    }

    @Test func `commands get their input, keep their outputs apart and inherit nothing`() async throws {
        let scratch = try Scratch("inherit")
        // Not marked as closed on exec, as a careless library would leave it.
        let careless = open(scratch.path, O_RDONLY)
        #expect(careless >= 0)
        defer { close(careless) }
        let command = Command(
            arguments: ["/bin/sh", "-c", "cat; echo oops >&2; ls -l /proc/self/fd; exit 3"],
            environment: Programs.environment(home: "/"), input: "hello\n")
        let outcome = try await command.run()
        #expect(outcome.status == 3)
        #expect(outcome.errorOutput == "oops\n")
        #expect(outcome.output.hasPrefix("hello\n"))
        #expect(!outcome.output.contains(scratch.path))
    }

    private func listen(on port: Int) throws -> Int32 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Loopback.address(port: try #require(UInt16(exactly: port)))
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isBound && Glibc.listen(listener, 1) == 0)
        return listener
    }
}
