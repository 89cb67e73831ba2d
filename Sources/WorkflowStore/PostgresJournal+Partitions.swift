import Logging
import PostgresClient
import WorkflowCore

extension PostgresJournal {
    /// Makes the partitions of the coming days. On the connection for takeovers: it may wait for locks, and heartbeats must
    /// not.
    ///
    /// What goes wrong is told and waits for the next time: until days have passed there are partitions, and after that the
    /// default one takes the events.
    public func maintain() async {
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
            guard error.code != .cancelled, error.code != .closed else { return }
            logger.warning(
                "the partitions of the coming days could not be made; events go to execution_events_default when there are none",
                metadata: [LogKey.error: "\(error.message)"]
            )
        }
    }
}
