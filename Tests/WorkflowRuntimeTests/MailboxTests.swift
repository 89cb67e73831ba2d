import FoundationEssentials
import PerdureJSON
import Testing
import WorkflowCore

@testable import WorkflowRuntime

@Suite struct MailboxTests {
    private static func request(_ number: UInt64, byteCount: Int) -> AdmittedRequest {
        AdmittedRequest(
            request: ExecutionRequest(workflowID: "w", input: 1),
            executionID: ExecutionID(now: Timestamp(microsecondsSinceEpoch: 0), randomBits: 0, number),
            definition: .failure(RequestRejection(.unknownWorkflow, "none here")),
            receipt: DeliveryReceipt(generation: 1, tag: number), byteCount: byteCount
        )
    }

    private static func tags(_ inputs: [LaneInput]?) -> [UInt64] {
        (inputs ?? []).compactMap { if case .request(let request) = $0 { request.receipt.tag } else { nil } }
    }

    @Test func largeRequestsAreTakenAFewAtATimeInTheirOrder() async {
        let mailbox = Mailbox()
        for number in 1...30 { mailbox.post(.request(Self.request(UInt64(number), byteCount: 10))) }
        // What crosses the limit is still taken: 4 of 10 bytes for 35.
        #expect(Self.tags(await mailbox.next(requestCapacity: 100, limit: 100, byteLimit: 35)) == [1, 2, 3, 4])
        #expect(Self.tags(await mailbox.next(requestCapacity: 2, limit: 100, byteLimit: 35)) == [5, 6])
        #expect(Self.tags(await mailbox.next(requestCapacity: 100, limit: 3, byteLimit: 35)) == [7, 8, 9])
        #expect(Self.tags(await mailbox.next(requestCapacity: 100, limit: 100, byteLimit: 1)) == [10])
        #expect(Self.tags(await mailbox.next(requestCapacity: 100, limit: 100, byteLimit: 1000)).count == 20)
    }

    @Test func answersComeFirstAndCountToo() async {
        let mailbox = Mailbox()
        mailbox.post(.request(Self.request(1, byteCount: 10)))
        let id = ExecutionID(now: Timestamp(microsecondsSinceEpoch: 0), randomBits: 0, 0)
        for _ in 0..<3 {
            mailbox.post(.answer(id, step: 0, attempt: 1, .success(1), byteCount: 10))
        }
        let first = await mailbox.next(requestCapacity: 10, limit: 10, byteLimit: 15)
        #expect(first?.count == 2 && Self.tags(first).isEmpty)
        let second = await mailbox.next(requestCapacity: 10, limit: 10, byteLimit: 15)
        #expect(second?.count == 2 && Self.tags(second) == [1])
    }

    @Test func aNudgeGivesNothingAndAClosedBoxEnds() async {
        let mailbox = Mailbox()
        mailbox.post(.request(Self.request(1, byteCount: 10)))
        mailbox.nudge()
        #expect(await mailbox.next(requestCapacity: 0, limit: 10, byteLimit: 10)?.isEmpty == true)
        mailbox.stopRequests()
        mailbox.close()
        #expect(await mailbox.next(requestCapacity: 10, limit: 10, byteLimit: 10)?.count == nil)
    }
}
