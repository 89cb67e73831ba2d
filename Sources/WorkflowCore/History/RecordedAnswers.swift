import PerdureJSON

/// What reached an execution from outside, by the events that it left: answers, signals, a cancellation, and the times of all.
struct RecordedAnswers {
    /// One attempt of a step.
    struct Attempt: Hashable {
        let step: String
        let number: Int
    }

    /// The answer to an attempt.
    struct Answer {
        let content: AgentAnswer
        /// When it came.
        let time: Timestamp
        /// How long it had taken, in microseconds.
        let latency: Int64
    }

    /// What cannot be read.
    struct Unreadable: Error {
        let reason: String
    }

    /// When it was started, where that was not at once.
    private(set) var startedAt: Timestamp?
    /// The attempts whose agents were called: when, and which agent.
    private(set) var calls: [Attempt: (time: Timestamp, agent: String)] = [:]
    private(set) var answers: [Attempt: Answer] = [:]
    /// The attempts that started a child, and what it ran.
    private(set) var children: [Attempt: WorkflowReference] = [:]
    /// How those ended, and when; of which execution is left to the reader.
    private(set) var childEnds: [Attempt: (time: Timestamp, status: ExecutionStatus, content: AgentAnswer)] = [:]
    /// Why attempts failed, and when.
    private(set) var failures: [Attempt: (time: Timestamp, error: WorkflowError)] = [:]
    /// When the time of a child was up.
    private(set) var childTimers: [Attempt: Timestamp] = [:]
    /// Until when a step waited, for a time or at most for a signal.
    private(set) var waits: [String: Timestamp] = [:]
    /// When the attempt after this one was due.
    private(set) var retries: [Attempt: Timestamp] = [:]
    /// When a step's wait was over.
    private(set) var timers: [String: Timestamp] = [:]
    private(set) var signals: [(time: Timestamp, signal: WaitingSignals.Signal)] = []
    private(set) var cancel: (time: Timestamp, reason: String)?
    /// When the time of the execution was up.
    private(set) var timeout: Timestamp?

    /// Reads the events of a record.
    init(_ record: ExecutionRecord) throws(Unreadable) {
        guard record.events.last?.type.endsExecution == true,
            record.events.indices.allSatisfy({ record.events[$0].sequence == Int64($0) + 1 })
        else { throw Unreadable(reason: "its events are not kept any more") }
        guard let start = record.events.firstIndex(where: { $0.type == .executionStarted }) else {
            throw Unreadable(reason: "it ended before it had started")
        }
        if start > 0 { startedAt = record.events[start].timestamp }
        let outputs = Dictionary(record.steps.map { ($0.name, $0.output) }) { first, _ in first }
        for event in record.events {
            guard let data = try? JSONValue(parsing: event.payload) else {
                throw Unreadable(reason: "the event \(event.sequence) cannot be read")
            }
            try take(event, data, outputs)
        }
        guard let error = record.error else { return }
        let ending = record.events.first { $0.type == .executionEnding } ?? record.events[record.events.count - 1]
        switch error.code {
        case .executionTimeout: timeout = ending.timestamp
        case _ where record.status == .cancelled: cancel = (ending.timestamp, error.message)
        default: break
        }
    }

    private mutating func take(
        _ event: JournalEvent, _ data: JSONValue, _ outputs: [String: JSONValue?]
    ) throws(Unreadable) {
        let time = event.timestamp
        let step = data["step_name"]?.stringValue ?? ""
        let attempt = Attempt(step: step, number: Int(data["attempt"]?.intValue ?? 0))
        switch event.type {
        case .agentInvoked:
            calls[attempt] = (time, data["agent"]?.stringValue ?? "")
        case .agentResponse:
            let since = calls[attempt]?.time.microsecondsSinceEpoch ?? time.microsecondsSinceEpoch
            let content: AgentAnswer
            if data["status"]?.stringValue == "SUCCESS" {
                content = .success((outputs[step] ?? nil) ?? .null)
            } else if let error = data["error"].flatMap({ WorkflowError(json: $0) }) {
                let pause = data["retry_after_ms"]?.intValue.map { Duration.milliseconds($0) }
                content = .failure(WorkflowError(code: error.code, message: error.message, retryAfter: pause))
            } else {
                throw Unreadable(reason: "the answer of '\(step)' cannot be read")
            }
            answers[attempt] = Answer(
                content: content, time: time, latency: time.microsecondsSinceEpoch - since)
        case .stepStarted:
            waits[step] = data["until"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        case .childStarted:
            children[attempt] = WorkflowReference(
                id: data["child_workflow_id"]?.stringValue ?? "", version: Int(data["child_version"]?.intValue ?? 1),
                contentHash: "")
        case .childCompleted:
            childEnds[attempt] = (time, .success, .success((outputs[step] ?? nil) ?? .null))
        case .childFailed, .childCancelled:
            guard let error = data["error"].flatMap({ WorkflowError(json: $0) }) else {
                throw Unreadable(reason: "the end of the child of '\(step)' cannot be read")
            }
            childEnds[attempt] = (time, event.type == .childFailed ? .failed : .cancelled, .failure(error))
        case .stepRetryScheduled:
            note(data, of: attempt, at: time)
            retries[attempt] = data["retry_at"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        case .timerFired:
            timers[step] = time
            childTimers[attempt] = time
        case .signalReceived:
            signals.append(
                (time, .init(name: data["name"]?.stringValue ?? "", payload: data["payload"] ?? .null)))
        case .stepFailed where data["error"]?["code"]?.stringValue == WorkflowError.Code.interruptedTooOften.rawValue:
            throw Unreadable(reason: "'\(step)' lost its coordinator too often, and what its agent gave is not known")
        case .stepFailed:
            note(data, of: attempt, at: time)
        default: break
        }
    }

    private mutating func note(_ data: JSONValue, of attempt: Attempt, at time: Timestamp) {
        if let error = data["error"].flatMap({ WorkflowError(json: $0) }) { failures[attempt] = (time, error) }
    }
}
