import TestSupport
import WorkflowCore

extension World {
    /// Lets trouble come, again and again, until the calm.
    func scheduleFault() {
        guard !weather.faults.isEmpty else { return }
        scheduler.after(chance.number(below: weather.longestPeace)) { [unowned self] in
            guard !isCalm else { return }
            cause(chance.choice(weather.faults))
            scheduleFault()
        }
    }

    private func cause(_ fault: Weather.Fault) {
        let running = nodes.compactMap(\.process)
        guard !running.isEmpty else { return }
        let process = chance.choice(running)
        switch fault {
        case .kill: process.kill("at a moment of its own")
        case .stop: process.stop()
        case .pause: process.pause(for: chance.number(below: weather.leaseMicroseconds * 3))
        case .databaseBreak:
            log("\(process.name) loses its connection to the database")
            process.breakDatabase(resumesWith: true)
        case .databaseRestart: restartDatabase()
        case .intakeBreak: chance.choice(broker.queues).breakIntake(of: process, in: self)
        case .publisherBreak: process.publisher.breakConnection()
        case .brokerBlocked:
            let length = chance.number(below: 8_000_000)
            log("the broker takes no messages for \(length)")
            broker.blockedUntil = max(broker.blockedUntil, scheduler.now + length)
        case .clockJump:
            process.clockOffset = chance.number(below: 20_000_000) - 10_000_000
            log("the clock of \(process.name) is off by \(process.clockOffset)")
        }
    }

    /// Whether a connection breaks at this point of its way.
    func breaksAtPoint() -> Bool {
        !isCalm && weather.breaksAtPoints > 0 && chance.next() % 10_000 < weather.breaksAtPoints
    }

    private func restartDatabase() {
        let length = chance.number(below: 5_000_000)
        log("the database is away for \(length)")
        database.backAt = scheduler.now + length
        tables.startedAt = time.advanced(byMicroseconds: length)
        for node in nodes { node.process?.breakDatabase(resumesWith: true, dropsAll: true) }
    }

    /// Perhaps something happens to a process at a named point of its way.
    func passPoint(_ process: SimulatedProcess, _ name: String) {
        guard !isCalm, !process.isDead, weather.killsAtPoints > 0 else { return }
        if chance.next() % 10_000 < weather.killsAtPoints { process.kill("at \(name)") }
    }
}
