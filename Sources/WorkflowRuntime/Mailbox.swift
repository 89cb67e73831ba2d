import Synchronization
import WorkflowCore

/// Something for a lane to decide on.
enum LaneInput: Sendable {
    /// A request whose workflow is known and whose input fits.
    case request(AdmittedRequest)
    /// An agent answered.
    case answer(ExecutionID, step: Int, attempt: Int, AgentAnswer)
    /// Executions of a coordinator that is gone, each with its definition.
    case takenOver([(ClaimedExecution, WorkflowDefinition)])
    /// The database no longer knows the lane's writer as this coordinator's.
    case writerLost
}

/// A request that may become an execution.
struct AdmittedRequest: Sendable {
    let request: ExecutionRequest
    let definition: WorkflowDefinition
    let receipt: DeliveryReceipt
}

/// What waits for a lane: many put in, one takes out everything that has gathered.
///
/// Requests and the rest are kept apart: an execution under way is always gone on with, a new one only while there is room. Requests
/// are bounded by the prefetch of the intake, answers by the executions under way.
final class Mailbox: Sendable {
    private struct State {
        var requests: [AdmittedRequest] = []
        var others: [LaneInput] = []
        var waiter: CheckedContinuation<Void, Never>?
        var requestCapacity = 0
        var takesRequests = true
        var isClosed = false

        var hasWork: Bool {
            !others.isEmpty || isClosed || (takesRequests && requestCapacity > 0 && !requests.isEmpty)
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
        let waiter = state.withLock { state in
            if case .request(let request) = input { state.requests.append(request) } else { state.others.append(input) }
            return state.takeWaiterIfWork()
        }
        waiter?.resume()
    }

    /// Puts requests back in front of the others.
    func putBack(_ requests: [AdmittedRequest]) {
        let waiter = state.withLock { state in
            state.requests.insert(contentsOf: requests, at: 0)
            return state.takeWaiterIfWork()
        }
        waiter?.resume()
    }

    /// Leaves requests where they are from now on; the broker delivers them again elsewhere.
    func stopRequests() {
        state.withLock { $0.takesRequests = false }
    }

    /// Lets the taker go on once it has emptied the box, and then end.
    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            return state.takeWaiterIfWork()
        }
        waiter?.resume()
    }

    /// Waits until there is something, then takes what there is, `limit` at most.
    ///
    /// - Parameter requestCapacity: How many requests to take at most; 0 leaves them.
    /// - Returns: nil once the box is closed and nothing but requests is left in it.
    func next(requestCapacity: Int, limit: Int) async -> [LaneInput]? {
        while true {
            let taken: [LaneInput]?? = state.withLock { state in
                state.requestCapacity = requestCapacity
                guard state.hasWork else { return .none }
                var inputs = Array(state.others.prefix(limit))
                state.others.removeFirst(inputs.count)
                if state.takesRequests && !state.isClosed {
                    let requests = state.requests.prefix(min(requestCapacity, limit - inputs.count))
                    inputs += requests.map { .request($0) }
                    state.requests.removeFirst(requests.count)
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
