import Foundation
import Glibc

/// A short-lived helper program, run to its end with its output collected.
struct Command: Sendable {
    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let errorOutput: String
    }

    /// More output than any helper here prints; the rest is read and dropped.
    static let maximumOutputBytes = 16 << 20

    var arguments: [String]
    var environment: [String: String]
    var input: String = ""
    var timeout: Duration = .seconds(60)

    /// Runs the command and gives back its output.
    func run() async throws(LocalServersError) -> Outcome {
        let result: Result<Outcome, LocalServersError> = await withCheckedContinuation { continuation in
            // A thread of its own: reading and waiting block, which the cooperative pool must not.
            Thread.detachNewThread { continuation.resume(returning: runBlocking()) }
        }
        return try result.get()
    }

    /// Runs the command and gives back its standard output; a failure status is an error that quotes its output.
    func runChecked(_ purpose: String) async throws(LocalServersError) -> String {
        let outcome = try await run()
        guard outcome.status == 0 else {
            let said = (outcome.errorOutput + outcome.output).trimmingCharacters(in: .whitespacesAndNewlines)
            throw LocalServersError(
                .commandFailed,
                "Cannot \(purpose): \(arguments.first ?? "") ended with status \(outcome.status).\n\(said)")
        }
        return outcome.output
    }

    private func runBlocking() -> Result<Outcome, LocalServersError> {
        do throws(LocalServersError) {
            let input = try inputDescriptor()
            let output = try Descriptor.pipe()
            let errors = try Descriptor.pipe()
            let pid = try Spawn.start(
                arguments, environment: environment, descriptors: [0: input, 1: output.write, 2: errors.write],
                newSession: true)
            output.write.close()
            errors.write.close()
            let collected = Self.collect([output.read, errors.read], until: .now + timeout)
            if collected == nil { kill(-pid, SIGKILL) }
            let status = Spawn.reap(pid)
            guard let collected else {
                throw LocalServersError(
                    .commandFailed, "\(arguments.first ?? "") did not end within \(timeout); it was killed.")
            }
            return .success(Outcome(status: status, output: collected[0], errorOutput: collected[1]))
        } catch {
            return .failure(error)
        }
    }

    /// The input comes from an unlinked file, so that no second thread has to feed a pipe.
    private func inputDescriptor() throws(LocalServersError) -> Descriptor {
        guard !input.isEmpty else { return try Descriptor.open("/dev/null", O_RDONLY) }
        let path = "/tmp/perdure-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
        let bytes = Array(input.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(file.number, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .system("write the input of \(arguments.first ?? "")") }
            written += count
        }
        lseek(file.number, 0, SEEK_SET)
        return file
    }

    /// Reads the descriptors until all are at their end, or gives back nil at the deadline.
    private static func collect(_ sources: [Descriptor], until deadline: ContinuousClock.Instant) -> [String]? {
        var bytes = [[UInt8]](repeating: [], count: sources.count)
        var open = Set(sources.indices)
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while !open.isEmpty {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return nil }
            let indices = open.sorted()
            var pollers = indices.map { pollfd(fd: sources[$0].number, events: Int16(POLLIN), revents: 0) }
            guard poll(&pollers, nfds_t(pollers.count), left.milliseconds) > 0 else { continue }
            for (index, poller) in zip(indices, pollers) where poller.revents != 0 {
                let count = read(poller.fd, &buffer, buffer.count)
                if count <= 0 {
                    open.remove(index)
                } else if bytes[index].count < maximumOutputBytes {
                    bytes[index] += buffer.prefix(count)
                }
            }
        }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Duration {
    /// Whole milliseconds, at least one, as `poll` takes them.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(clamping: max(1, seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
    }
}
