import Foundation
import Glibc

/// What a test does to the servers to see how their users bear it.
extension LocalServers {
    /// Starts PostgreSQL on its port and data; returns when it takes connections. Does nothing if it runs.
    public func startDatabase() async throws(LocalServersError) {
        guard let database, !isStopped else { throw missing("PostgreSQL") }
        if let databaseKeeper, !databaseKeeper.hasEnded { return }
        try await database.createIfMissing()
        let deadline = ContinuousClock.now + configuration.startTimeout
        while true {
            let keeper = try Keeper(
                "postgres", command: database.command, environment: database.environment,
                stopSignal: DatabaseServer.stopSignal, grace: configuration.stopGrace, in: folder)
            databaseKeeper = keeper
            do throws(LocalServersError) {
                return try await wait(for: "PostgreSQL", keeper, until: deadline) {
                    await database.isReady()
                }
            } catch  where error.code == .serverFailed && Self.isHeldByOldBackends(error.message) {
                // After a kill -9 the old backends need a moment to notice; PostgreSQL refuses to start until then.
                guard ContinuousClock.now < deadline else { throw error }
                await Waiting.pause(Waiting.interval)
            }
        }
    }

    /// Stops PostgreSQL in order; clients lose their connections and cannot make new ones.
    public func stopDatabase() async {
        await databaseKeeper?.stop()
        databaseKeeper = nil
    }

    /// Kills PostgreSQL with -9, as a crash would end it, and waits until it is gone; `startDatabase` recovers it.
    public func killDatabase() async throws(LocalServersError) {
        try await signal("postgres", SIGKILL, databaseKeeper, waits: true)
        databaseKeeper = nil
    }

    /// Starts RabbitMQ on its ports and data; returns when it takes clients. Does nothing if it runs.
    public func startBroker() async throws(LocalServersError) {
        guard let broker, !isStopped else { throw missing("RabbitMQ") }
        if let brokerKeeper, !brokerKeeper.hasEnded { return }
        let keeper = try Keeper(
            "broker", command: broker.command, companion: broker.portMapper, environment: broker.environment,
            stopSignal: BrokerServer.stopSignal, grace: configuration.stopGrace, in: folder)
        brokerKeeper = keeper
        let deadline = ContinuousClock.now + configuration.startTimeout
        try await wait(for: "RabbitMQ", keeper, until: deadline) {
            await broker.isReady()
        }
    }

    /// Stops RabbitMQ in order; clients get a connection error.
    public func stopBroker() async {
        await brokerKeeper?.stop()
        brokerKeeper = nil
    }

    /// Kills RabbitMQ with -9 and waits until it is gone; `startBroker` brings it back with what it had confirmed.
    public func killBroker() async throws(LocalServersError) {
        try await signal("broker", SIGKILL, brokerKeeper, waits: true)
        brokerKeeper = nil
    }

    /// Freezes RabbitMQ: its connections stay open and go silent, as in a network that swallows packets.
    public func pauseBroker() async throws(LocalServersError) {
        try await signal("broker", SIGSTOP, brokerKeeper, waits: false)
        // Each thread stops when its turn on a processor comes, which may take a while on a busy machine; until then it answers.
        let deadline = ContinuousClock.now + configuration.startTimeout
        while let pid = brokerPID, !Self.isStopped(pid), ContinuousClock.now < deadline {
            await Waiting.pause(Waiting.interval)
        }
    }

    /// Whether every thread of a process is stopped, as the state in its `stat` says (proc(5)).
    private static func isStopped(_ pid: Int32) -> Bool {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return threads.allSatisfy { thread in
            guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/task/\(thread)/stat") else {
                return true
            }
            // The name before it may hold anything, parentheses too.
            let state = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.first { $0 != " " }
            return state == "T"
        }
    }

    /// Lets a paused RabbitMQ go on.
    public func resumeBroker() async throws(LocalServersError) {
        try await signal("broker", SIGCONT, brokerKeeper, waits: false)
    }

    /// Runs `rabbitmqctl` with the arguments and gives back what it prints. Takes a second or two.
    @discardableResult
    public func rabbitmqctl(_ arguments: [String]) async throws(LocalServersError) -> String {
        guard let broker else { throw missing("RabbitMQ") }
        return try await broker.control(arguments)
    }

    /// Runs SQL with `psql`; gives back the rows, one a line, columns parted by `|`, with no heading.
    ///
    /// - Throws: `commandFailed` with PostgreSQL's message at the first statement that fails.
    @discardableResult
    public func psql(_ sql: String) async throws(LocalServersError) -> String {
        guard let database else { throw missing("PostgreSQL") }
        return try await database.psql(sql)
    }

    /// The process id of the PostgreSQL postmaster while it runs.
    public var databasePID: Int32? { folder.serverPID("postgres") }
    /// The process id of the RabbitMQ node while it runs.
    public var brokerPID: Int32? { folder.serverPID("broker") }

    private func wait(
        for server: String, _ keeper: Keeper, until deadline: ContinuousClock.Instant,
        _ isReady: () async -> Bool
    ) async throws(LocalServersError) {
        while await !isReady() {
            if keeper.hasEnded {
                let tail = keeper.logTail
                let isPortTaken = tail.contains("Address already in use") || tail.contains("eaddrinuse")
                throw LocalServersError(
                    isPortTaken ? .portUnavailable : .serverFailed, "\(server) ended while starting. \(tail)")
            }
            if Task.isCancelled {
                await keeper.stop()
                throw LocalServersError(.cancelled, "Starting \(server) was cancelled.")
            }
            guard ContinuousClock.now < deadline else {
                let tail = keeper.logTail
                await keeper.stop()
                throw LocalServersError(
                    .startTimedOut, "\(server) did not answer within \(configuration.startTimeout). \(tail)")
            }
            await Waiting.pause(Waiting.interval)
        }
    }

    private func signal(
        _ server: String, _ number: Int32, _ keeper: Keeper?, waits: Bool
    ) async throws(LocalServersError) {
        guard let keeper, !keeper.hasEnded, let pid = folder.serverPID(server), pid > 1 else {
            throw LocalServersError(.notRunning, "The \(server) server is not running; start it first.")
        }
        guard kill(pid, number) == 0 else { throw .system("signal process \(pid)") }
        if waits { _ = await keeper.waitForEnd(until: .now + configuration.startTimeout) }
    }

    private func missing(_ server: String) -> LocalServersError {
        LocalServersError(.notRunning, "\(server) was not asked for in the configuration, or is stopped for good.")
    }

    /// PostgreSQL reports this only as text, in its log.
    private static func isHeldByOldBackends(_ message: String) -> Bool {
        message.contains("pre-existing shared memory block")
            || message.contains("lock file \"postmaster.pid\" already exists")
    }
}
