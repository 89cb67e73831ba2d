import FoundationEssentials
import Glibc

/// Starts child processes that inherit nothing but what is listed.
enum Spawn {
    /// `POSIX_SPAWN_SETSID` of glibc, whose header hides it from some feature sets.
    private static let setSessionFlag: Int16 = 0x80

    /// Starts a program; the caller must reap the process.
    ///
    /// - Parameter descriptors: the child's descriptor numbers (all below `Descriptor.lowest`) and what they refer
    ///   to; every other descriptor is closed in the child.
    static func start(
        _ command: [String], environment: [String: String], descriptors: [Int32: Descriptor], newSession: Bool
    ) throws(LocalServersError) -> pid_t {
        guard let program = command.first else { throw LocalServersError(.commandFailed, "Name a program to run.") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors {
            posix_spawn_file_actions_adddup2(&actions, descriptor.number, number)
        }
        // Descriptors that other libraries forgot to mark, and those that this process itself inherited (a test
        // runner's pipes), must not live on in a server. Closing one that is gone by then is no error.
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for number in open.compactMap({ Int32($0) }) where number > 2 && descriptors[number] == nil {
            posix_spawn_file_actions_addclose(&actions, number)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The parent may block or ignore signals (SIGINT, SIGPIPE); a server must start with the defaults.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        if newSession { flags |= setSessionFlag }
        posix_spawnattr_setflags(&attributes, flags)

        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in arguments + variables { free(pointer) }
        }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, program, &actions, &attributes, &arguments, &variables)
        guard failure == 0 else { throw .system("run \(program)", code: failure) }
        return pid
    }

    /// Waits until the process has ended; blocks the thread. Returns its exit status, or 128 + signal.
    static func reap(_ pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return -1 }
        }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
