import PerdureJSON
import TestSupport
import WorkflowCore

/// One control message that somebody sends, or something that looks like one.
struct ControlOrder {
    /// What is wrong with it, if anything.
    enum Flaw {
        case none, unknownExecution, malformed
    }

    let number: Int
    let flaw: Flaw
    let request: ControlRequest

    /// Under which copies of it are known: what it asks says who asked first. Without a key of its own it is new each
    /// time that it is delivered.
    var body: [UInt8] {
        guard flaw == .malformed else { return request.body.jsonBytes }
        return JSONValue.object(["action": "dance", "execution_id": .string(request.executionID.description)]).jsonBytes
    }

    var reply: ReplyAddress? { request.replyAddress }

    /// A message for an execution that there is, or a copy of one that was sent before.
    static func random(
        number: Int, earlier: [ControlOrder], executions: [ExecutionID], weather: Weather, _ random: inout SplitMix
    ) -> ControlOrder {
        let reply =
            random.isTrue(percent: 80)
            ? ReplyAddress(
                replyTo: "sender-\(number)", correlationID: random.isTrue(percent: 80) ? "s\(number)" : nil)
            : nil
        let known = earlier.filter { $0.flaw == .none && $0.request.messageKey != nil }
        if !known.isEmpty, random.isTrue(percent: weather.percentCopies) {
            let first = random.choice(known)
            var request = first.request
            request.replyAddress = random.isTrue(percent: 30) ? first.reply : reply
            return ControlOrder(number: number, flaw: .none, request: request)
        }
        let isUnknown = executions.isEmpty || random.isTrue(percent: 8)
        let nowhere = ExecutionID(now: Timestamp(microsecondsSinceEpoch: 0), randomBits: random.next(), random.next())
        let action: ControlAction =
            random.isTrue(percent: 25)
            ? .cancel(reason: "because of \(number)")
            : .signal(name: random.choice(["approved", "paid"]), payload: ["number": .int(Int64(number))])
        return ControlOrder(
            number: number,
            flaw: isUnknown ? .unknownExecution : random.isTrue(percent: 5) ? .malformed : .none,
            request: ControlRequest(
                executionID: isUnknown ? nowhere : random.choice(executions), action: action,
                messageKey: random.isTrue(percent: 85) ? "control-\(number)" : nil, replyAddress: reply))
    }
}
