/// Every request of a run: when it counts from, and when its answer came.
struct RequestBook: Sendable {
    /// What a request is measured from, in nanoseconds of the monotonic clock; 0 before it is sent.
    private var began: [UInt64] = []
    /// Nanoseconds until the first answer; 0 while there is none.
    private var took: [UInt64] = []
    /// Requests with an answer.
    private(set) var answered = 0
    /// Answers beyond the first of a request.
    private(set) var duplicates = 0
    /// Answers that do not say SUCCESS.
    private(set) var failures = 0
    /// Answers that belong to no request.
    private(set) var strays = 0
    /// When the last first answer came.
    private(set) var lastAnswerAt: UInt64 = 0
    /// The text of the first answer that was no success.
    private(set) var firstFailure: String?

    /// Requests sent.
    var sent: Int { began.count }

    /// Notes the next request; its number is what `sent` was before.
    mutating func send(at time: UInt64) {
        began.append(time)
        took.append(0)
    }

    /// Notes an answer.
    mutating func answer(correlationID: String?, body: [UInt8], at time: UInt64) {
        guard let index = correlationID.flatMap({ Int($0) }), began.indices.contains(index) else {
            strays += 1
            return
        }
        guard took[index] == 0 else {
            duplicates += 1
            return
        }
        took[index] = max(1, time - began[index])
        answered += 1
        lastAnswerAt = time
        if !body.starts(with: Self.success) {
            failures += 1
            if firstFailure == nil { firstFailure = String(decoding: body.prefix(300), as: UTF8.self) }
        }
    }

    /// What the requests from `first` on took.
    func samples(from first: Int) -> LatencySamples {
        LatencySamples(nanoseconds: took[min(first, took.count)...].filter { $0 > 0 })
    }

    /// How answers of executions that succeeded begin.
    private static let success = Array(#"{"status":"SUCCESS""#.utf8)
}
