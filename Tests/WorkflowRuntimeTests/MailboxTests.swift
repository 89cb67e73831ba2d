import FoundationEssentials
import PerdureJSON
import Testing
import WorkflowCore

@testable import WorkflowRuntime

@Suite struct MailboxTests {
    private static func request(
        _ number: UInt64, of workflow: String = "w", priority: Int? = nil, byteCount: Int = 1
    ) -> AdmittedRequest {
        AdmittedRequest(
            request: ExecutionRequest(workflowID: workflow, input: 1, priority: priority),
            executionID: ExecutionID(number: Int(number)),
            definition: .failure(RequestRejection(.unknownWorkflow, "none here")),
            receipt: DeliveryReceipt(generation: 1, tag: number), byteCount: byteCount
        )
    }

    /// Room for so many of each workflow.
    private static func room(_ limit: Int) -> RequestRoom {
        RequestRoom(limit: limit, held: [:], count: 0, byteCount: 0)
    }

    private static func tags(_ inputs: [LaneInput]?) -> [UInt64] {
        (inputs ?? []).compactMap { if case .request(let request) = $0 { request.receipt.tag } else { nil } }
    }

    @Test func largeRequestsAreTakenAFewAtATimeInTheirOrder() async {
        let mailbox = Mailbox()
        for number in 1...30 { mailbox.post(.request(Self.request(UInt64(number), byteCount: 10))) }
        // What crosses the limit is still taken: 4 of 10 bytes for 35.
        #expect(Self.tags(await mailbox.next(room: Self.room(100), limit: 100, byteLimit: 35)) == [1, 2, 3, 4])
        #expect(Self.tags(await mailbox.next(room: Self.room(2), limit: 100, byteLimit: 35)) == [5, 6])
        #expect(Self.tags(await mailbox.next(room: Self.room(100), limit: 3, byteLimit: 35)) == [7, 8, 9])
        #expect(Self.tags(await mailbox.next(room: Self.room(100), limit: 100, byteLimit: 1)) == [10])
        #expect(Self.tags(await mailbox.next(room: Self.room(100), limit: 100, byteLimit: 1000)).count == 20)
    }

    @Test func answersComeFirstAndCountToo() async {
        let mailbox = Mailbox()
        mailbox.post(.request(Self.request(1, byteCount: 10)))
        let id = ExecutionID(number: 0)
        for _ in 0..<3 {
            mailbox.post(.answer(id, step: 0, attempt: 1, .success(1), byteCount: 10))
        }
        let first = await mailbox.next(room: Self.room(10), limit: 10, byteLimit: 15)
        #expect(first?.count == 2 && Self.tags(first).isEmpty)
        let second = await mailbox.next(room: Self.room(10), limit: 10, byteLimit: 15)
        #expect(second?.count == 2 && Self.tags(second) == [1])
    }

    @Test func aNudgeGivesNothingAndAClosedBoxEnds() async {
        let mailbox = Mailbox()
        mailbox.post(.request(Self.request(1, byteCount: 10)))
        mailbox.nudge()
        #expect(await mailbox.next(room: .none, limit: 10, byteLimit: 10)?.isEmpty == true)
        mailbox.stopRequests()
        mailbox.close()
        #expect(await mailbox.next(room: Self.room(10), limit: 10, byteLimit: 10)?.count == nil)
    }

    @Test func workflowsTakeTurnsForTheRoom() async {
        let mailbox = Mailbox()
        for number in 1...100 { mailbox.post(.request(Self.request(UInt64(number), of: "many"))) }
        for number in 101...103 { mailbox.post(.request(Self.request(UInt64(number), of: "few"))) }
        mailbox.post(.request(Self.request(104, of: "few", priority: 9)))
        mailbox.post(.request(Self.request(105, of: "many", priority: 5)))
        let first = Self.tags(await mailbox.next(room: Self.room(1000), limit: 6, byteLimit: 1000))
        #expect(first == [105, 104, 1, 101, 2, 102])
        // Put back, they come first again.
        let back = [105, 1].map { Self.request($0, of: "many", priority: $0 == 105 ? 5 : nil) }
        mailbox.putBack(back)
        let second = Self.tags(await mailbox.next(room: Self.room(1000), limit: 5, byteLimit: 1000))
        #expect(second == [105, 103, 1, 3, 4])
    }

    @Test func aWorkflowAtItsBoundLetsOthersBy() async {
        let mailbox = Mailbox()
        for number in 1...20 { mailbox.post(.request(Self.request(UInt64(number), of: "many"))) }
        mailbox.post(.request(Self.request(21, of: "few")))
        let full = RequestRoom(limit: 16, held: ["many": 16], count: 16, byteCount: 0)
        #expect(Self.tags(await mailbox.next(room: full, limit: 100, byteLimit: 1000)) == [21])
        // What is left waits; the box gives nothing for it.
        mailbox.nudge()
        #expect(await mailbox.next(room: full, limit: 100, byteLimit: 1000)?.isEmpty == true)
        let oneLess = RequestRoom(limit: 16, held: ["many": 15], count: 15, byteCount: 0)
        #expect(Self.tags(await mailbox.next(room: oneLess, limit: 100, byteLimit: 1000)) == [1])
    }
}
