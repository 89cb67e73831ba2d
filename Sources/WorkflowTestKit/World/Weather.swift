import TestSupport

/// What kind of world a seed makes: how large, how slow, and what goes wrong in it.
///
/// Each seed leaves most kinds of trouble out and has much of the others (swarm testing: Groce and others, 2012): what is
/// rare together is found far sooner than when everything happens a little in every run.
struct Weather {
    /// Trouble that comes by the clock.
    enum Fault: CaseIterable {
        case kill, stop, pause, databaseBreak, databaseRestart, intakeBreak, publisherBreak, brokerBlocked, clockJump
    }

    let nodeCount: Int
    let workflowCount: Int
    let orderCount: Int
    /// Orders that are copies of an earlier one, in percent.
    let percentCopies: UInt64
    /// Control messages that are sent.
    let controlCount: Int
    /// Whether the database hints at control messages, so that they need not wait for a heartbeat.
    let givesHints: Bool
    /// Workflows that the clock starts.
    let scheduledCount: Int
    /// How long there is trouble, in microseconds.
    let length: Int64
    let leaseMicroseconds: Int64
    /// What a message takes at most, usually.
    let longestLatency: Int64
    /// The kinds of trouble; one that is there twice comes twice as often.
    let faults: [Fault]
    /// Between two of them at most, in microseconds.
    let longestPeace: Int64
    /// Of 10,000 calls of a port, how many kill their coordinator, at most one half before and the other after the call.
    let killsAtPoints: UInt64
    /// Of 10,000 transactions, publications and acknowledgements, how many lose their connection on the way there or back.
    let breaksAtPoints: UInt64
    /// How often a row is locked by somebody else, in percent.
    let percentLocked: UInt64
    let maxInFlight: Int
    let lanes: Int
    let maxBatch: Int
    let prefetch: Int
    /// Whether the events of a commit travel in one message for each execution.
    let sendsBatches: Bool
    /// How long agents take, usually.
    let longestWork: Int64

    init(seed: UInt64) {
        var random = SplitMix(seed: seed)
        nodeCount = random.number(in: 1...3)
        workflowCount = random.number(in: 1...3)
        orderCount = random.number(in: 1...14)
        percentCopies = random.choice([0, 20, 50])
        length = Int64(random.number(in: 2...25)) * 1_000_000
        leaseMicroseconds = random.choice([1_500_000, 3_000_000, 6_000_000])
        longestLatency = random.choice([200, 2_000, 20_000])
        faults = Fault.allCases.flatMap { fault in Array(repeating: fault, count: random.choice([0, 0, 0, 1, 2])) }
        longestPeace = random.choice([300_000, 1_500_000, 6_000_000])
        killsAtPoints = random.choice([0, 0, 20, 100])
        breaksAtPoints = random.choice([0, 0, 50, 300])
        percentLocked = random.choice([0, 0, 10])
        maxInFlight = random.choice([1, 3, 100])
        lanes = random.choice([1, 1, 2])
        maxBatch = random.choice([1, 2, 5, 200])
        prefetch = random.choice([1, 4, 50])
        sendsBatches = random.isTrue(percent: 30)
        longestWork = random.choice([2_000, 200_000, 3_000_000])
        controlCount = random.choice([0, 3, 12])
        givesHints = random.isTrue(percent: 70)
        scheduledCount = random.choice([0, 0, 0, 1, 3])
    }
}
