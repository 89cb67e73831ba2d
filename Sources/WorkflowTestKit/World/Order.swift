import PerdureJSON
import TestSupport
import WorkflowCore

/// One message that a producer publishes: a request, or something that looks like one.
struct Order {
    /// What is wrong with it, if anything.
    enum Flaw {
        case none, unknownWorkflow, notJSON
    }

    let number: Int
    let flaw: Flaw
    let workflowID: String
    let input: JSONValue
    let messageID: String?
    let executionID: ExecutionID?
    let reply: ReplyAddress?

    /// Under which it is known; nil when it is new each time it is delivered.
    var key: String? { messageID ?? executionID?.description }

    var body: [UInt8] {
        if flaw == .notJSON { return Array("{\"workflow_id\": \"\(workflowID)\", ".utf8) }
        let id = flaw == .unknownWorkflow ? "nowhere" : workflowID
        return ExecutionRequest(workflowID: id, input: input, executionID: executionID).body.jsonBytes
    }

    /// The orders of a simulation: most are new, some are copies of an earlier one, with another caller or another input.
    static func random(
        weather: Weather, definitions: [WorkflowDefinition], _ random: inout SplitMix
    ) -> [Order] {
        var orders: [Order] = []
        for number in 1...weather.orderCount {
            let reply =
                random.isTrue(percent: 70)
                ? ReplyAddress(
                    replyTo: "caller-\(number)", correlationID: random.isTrue(percent: 80) ? "c\(number)" : nil)
                : nil
            let isCopy = !orders.isEmpty && random.isTrue(percent: weather.percentCopies)
            if isCopy, let first = orders.filter({ $0.flaw == .none && $0.key != nil }).randomElement(using: &random) {
                let isConflict = random.isTrue(percent: 15)
                orders.append(
                    Order(
                        number: number, flaw: .none, workflowID: first.workflowID,
                        input: isConflict ? ["order": .int(Int64(number))] : first.input, messageID: first.messageID,
                        executionID: first.executionID, reply: random.isTrue(percent: 30) ? first.reply : reply))
                continue
            }
            let kind = random.next() % 10
            let id = ExecutionID(
                now: Timestamp(microsecondsSinceEpoch: 0), randomBits: random.next(), random.next())
            orders.append(
                Order(
                    number: number,
                    flaw: random.isTrue(percent: 6) ? random.choice([.unknownWorkflow, .notJSON]) : .none,
                    workflowID: random.choice(definitions).reference.id, input: ["order": .int(Int64(number))],
                    messageID: kind < 6 ? "key-\(number)" : nil, executionID: (5..<9).contains(kind) ? id : nil,
                    reply: reply))
        }
        return orders
    }
}
