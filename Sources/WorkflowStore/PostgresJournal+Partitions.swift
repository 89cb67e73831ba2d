import Logging
import PostgresClient
import WorkflowCore

extension PostgresJournal {
    /// Makes the partitions of the coming days, and drops old ones where that is asked for. On the connection for takeovers: it may wait for locks, and heartbeats must
    /// not.
    ///
    /// What goes wrong is told and waits for the next time: until days have passed there are partitions, and after that the
    /// default one takes the events.
    public func maintain() async {
        await makePartitions()
        if let keepDays { await dropPartitions(olderThan: keepDays) }
    }

    private func makePartitions() async {
        do throws(PostgresError) {
            let row = try await takeover.query(JournalStatement.makePartitions)[0]
            let made = try row.int64("made")
            let leftOver = try row.int64("left_over")
            if made > 0 {
                logger.info("made partitions for the events of coming days", metadata: [LogKey.count: "\(made)"])
            }
            if leftOver > 0 {
                logger.warning(
                    "events are in execution_events_default, because a clock was far off or their day had no partition",
                    metadata: [LogKey.count: "\(leftOver)"]
                )
            }
        } catch {
            report(
                error, "the partitions of the coming days could not be made; without one, events go to the default one")
        }
    }

    private func dropPartitions(olderThan days: Int) async {
        do throws(PostgresError) {
            for row in try await takeover.query(JournalStatement.dropPartitions, [.int32(Int32(clamping: days))]) {
                let name = try row.text("partition")
                let reason = try row.optionalText("reason")
                logger.info(
                    "\(reason.map { "kept the old events in \(name): \($0)" } ?? "dropped the old events in \(name)")")
            }
        } catch {
            report(error, "old events could not be dropped")
        }
    }

    private func report(_ error: PostgresError, _ what: String) {
        guard error.code != .cancelled, error.code != .closed else { return }
        logger.warning("\(what)", metadata: [LogKey.error: "\(error.message)"])
    }
}
