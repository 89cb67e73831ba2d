import PostgresClient
import WorkflowCore

extension ExecutionQueries {
    /// Where an execution stands in the line of its workflow and concurrency key.
    public struct Turn: Sendable {
        /// What the workflow's `concurrency.key` gave; empty where it has none.
        public let key: String
        /// Whether it has its turn.
        public let holdsSlot: Bool
        /// Whether a newer one takes its place.
        public let isSuperseded: Bool
        /// How many wait before it.
        public let waitingBefore: Int64
        /// How many hold a slot.
        public let holderCount: Int64
        /// Those that have held one for the longest.
        public let holders: [ExecutionID]
    }

    /// Holders that are named; of a thousand nobody reads more.
    private static let holdersShown: Int64 = 5

    private static let turnStatement = PostgresStatement(
        name: "show_turn",
        sql: """
            SELECT s.slot_key, s.holds_slot, s.is_superseded,
                   (SELECT count(*) FROM execution_slots w
                    WHERE w.workflow_id = s.workflow_id AND w.slot_key = s.slot_key AND w.place < s.place
                      AND NOT w.holds_slot AND NOT w.is_superseded) AS waiting_before,
                   (SELECT count(*) FROM execution_slots h
                    WHERE h.workflow_id = s.workflow_id AND h.slot_key = s.slot_key AND h.holds_slot) AS holder_count,
                   ARRAY(SELECT h.execution_id FROM execution_slots h
                         WHERE h.workflow_id = s.workflow_id AND h.slot_key = s.slot_key AND h.holds_slot
                         ORDER BY h.place LIMIT $2) AS holders
            FROM execution_slots s WHERE s.execution_id = $1
            """)

    /// Where an execution stands in its line, or nil when it is in none: it has ended, or its workflow has no limit.
    public func turn(of id: ExecutionID) async throws(PostgresError) -> Turn? {
        let result = try await database.query(Self.turnStatement, [.uuid(id.uuid), .int64(Self.holdersShown)])
        guard let row = result.first else { return nil }
        return Turn(
            key: try row.text("slot_key"), holdsSlot: try row.bool("holds_slot"),
            isSuperseded: try row.bool("is_superseded"), waitingBefore: try row.int64("waiting_before"),
            holderCount: try row.int64("holder_count"),
            holders: try row.uuidArray("holders").compactMap { $0.map { ExecutionID($0) } })
    }
}
