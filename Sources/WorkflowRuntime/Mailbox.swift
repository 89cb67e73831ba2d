import Synchronization
import WorkflowCore

/// Something for a lane to decide on.
enum LaneInput: Sendable {
    /// A request whose workflow is known and whose input fits.
    case request(AdmittedRequest)
    /// An agent answered; the answer's size counts against the size of a commit.
    case answer(ExecutionID, step: Int, attempt: Int, AgentAnswer, byteCount: Int)
    /// A time that a step waited for has come.
    case timer(ExecutionTimer)
    /// Executions of a coordinator that is gone, each with its definition, and the name they were claimed under.
    case takenOver([(ClaimedExecution, WorkflowDefinition)], owner: String)
    /// Control messages wait in the inbox for these executions.
    case controls([ExecutionID])
    /// The database no longer knows this writer as this coordinator's.
    case writerLost(WriterID)

    /// How much it adds to a commit, about.
    var byteCount: Int {
        switch self {
        case .request(let request): request.byteCount
        case .answer(_, _, _, _, let byteCount): byteCount
        case .timer, .takenOver, .controls, .writerLost: 0
        }
    }
}

/// A request that may become an execution.
struct AdmittedRequest: Sendable {
    let request: ExecutionRequest
    /// The id of the execution that it becomes: the caller's, or one made once, so that a commit whose outcome got lost
    /// is recognised when the request is tried again.
    let executionID: ExecutionID
    /// What it asks for, or why it cannot have it. That is judged last: a copy of a request that was accepted once is
    /// answered like the first, though the definition may have changed since.
    let definition: Result<WorkflowDefinition, RequestRejection>
    let receipt: DeliveryReceipt
    /// The size of its message.
    let byteCount: Int
    /// Whether it may have been accepted before, so that the tables are asked before it is taken: the broker delivers it
    /// again, or it came back from a batch.
    var mayBeKnown = false
    /// Whether the journal had no slot for it when it was to start.
    var foundNoSlot = false

    /// Whose turn it takes.
    var workflow: String { request.workflowID }
    /// Where it stands among those of its workflow.
    var priority: Int {
        request.priority ?? (try? definition.get())?.priority ?? ExecutionRequest.standardPriority
    }
}

/// What waits for a lane: many put in, one takes out everything that has gathered.
///
/// Requests and the rest are kept apart: an execution under way is always gone on with, a new one only while there is
/// room, and workflows take turns for that. Requests are bounded by the prefetch of the intake, answers by the executions under way.
final class Mailbox: Sendable {
    private struct State {
        var requests = FairQueue<AdmittedRequest>()
        var others: [LaneInput] = []
        var waiter: CheckedContinuation<Void, Never>?
        var room = RequestRoom.none
        var takesRequests = true
        var isClosed = false
        var isNudged = false
        var successor: Mailbox?

        var hasWork: Bool {
            !others.isEmpty || isClosed || isNudged || (takesRequests && requests.contains(where: room.admits))
        }

        mutating func takeWaiterIfWork() -> CheckedContinuation<Void, Never>? {
            guard hasWork else { return nil }
            defer { waiter = nil }
            return waiter
        }
    }

    private let state = Mutex(State())

    /// Puts something in.
    func post(_ input: LaneInput) {
        let (waiter, successor) = state.withLock { state in
            if let successor = state.successor {
                return (nil, successor) as (CheckedContinuation<Void, Never>?, Mailbox?)
            }
            if case .request(let request) = input {
                state.requests.append(request, workflow: request.workflow, priority: request.priority)
            } else {
                state.others.append(input)
            }
            return (state.takeWaiterIfWork(), nil)
        }
        successor?.post(input)
        waiter?.resume()
    }

    /// Puts requests back in front of the others, to be looked up when their turn comes: what they were taken for may
    /// have happened.
    ///
    /// - Parameter foundNoSlot: Whether they could not start because the journal had no slot for them.
    func putBack(_ requests: [AdmittedRequest], foundNoSlot: Bool = false) {
        let waiter = state.withLock { state in
            for var request in requests.reversed() {
                request.mayBeKnown = true
                request.foundNoSlot = foundNoSlot
                state.requests.prepend(request, workflow: request.workflow, priority: request.priority)
            }
            return state.takeWaiterIfWork()
        }
        waiter?.resume()
    }

    /// Makes the taker ask again: it may have room for requests now.
    func nudge() {
        let waiter = state.withLock { state in
            state.isNudged = true
            return state.takeWaiterIfWork()
        }
        waiter?.resume()
    }

    /// Leaves requests where they are from now on; the broker delivers them again elsewhere.
    func stopRequests() {
        state.withLock { $0.takesRequests = false }
    }

    /// Sends what is in the box, and whatever is posted to it from now on, to another one.
    func forward(to other: Mailbox) {
        let inputs = state.withLock { state in
            state.successor = other
            defer { state.others = [] }
            return state.others
        }
        for input in inputs { other.post(input) }
    }

    /// Lets the taker go on once it has emptied the box, and then end.
    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            return state.takeWaiterIfWork()
        }
        waiter?.resume()
    }

    /// Waits until there is something, then takes what there is.
    ///
    /// - Parameters:
    ///   - room: For which requests there is room; workflows take turns.
    ///   - limit: How much to take at most.
    ///   - byteLimit: Where to stop taking; what crosses it is still taken, so that one large thing does not stay for
    ///     ever.
    /// - Returns: nil once the box is closed and nothing but requests is left in it; nothing after a nudge.
    func next(room: RequestRoom, limit: Int, byteLimit: Int) async -> [LaneInput]? {
        while true {
            let taken: [LaneInput]?? = state.withLock { state in
                state.room = room
                guard state.hasWork else { return .none }
                state.isNudged = false
                var bytesLeft = byteLimit
                func fits(_ input: LaneInput) -> Bool {
                    defer { bytesLeft -= input.byteCount }
                    return bytesLeft > 0
                }
                var inputs = Array(state.others.prefix(limit).prefix(while: fits))
                state.others.removeFirst(inputs.count)
                if state.takesRequests && !state.isClosed {
                    var room = room
                    while inputs.count < limit, bytesLeft > 0,
                        let request = state.requests.popFirst(where: room.admits)
                    {
                        bytesLeft -= request.byteCount
                        room.take(request.workflow, byteCount: request.byteCount)
                        inputs.append(.request(request))
                    }
                }
                return .some(inputs.isEmpty && state.isClosed ? nil : inputs)
            }
            if case .some(let result) = taken { return result }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.hasWork { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }
}
