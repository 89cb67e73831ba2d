import Testing

@testable import WorkflowRuntime

@Suite struct RequestRoomTests {
    /// How many places a workflow gets, one after another.
    private static func fill(_ room: inout RequestRoom, _ workflow: String, upTo most: Int = .max) -> Int {
        var count = 0
        while count < most, room.admits(workflow) {
            room.take(workflow, byteCount: 1)
            count += 1
        }
        return count
    }

    private static func empty(_ limit: Int) -> RequestRoom {
        RequestRoom(limit: limit, held: [:], count: 0, byteCount: 0)
    }

    @Test(arguments: [1, 2, 3, 7, 8, 10, 100, 10_000])
    func oneWorkflowGetsTheLimitAndAnotherOneStillGetsIn(limit: Int) {
        var room = Self.empty(limit)
        #expect(Self.fill(&room, "many") == limit)
        #expect(room.isOpen && room.admits("other"))
    }

    @Test func thereIsAlwaysSomethingLeftForTheNext() {
        var room = Self.empty(10_000)
        let taken = ["a", "b", "c", "d"].map { Self.fill(&room, $0) }
        // Each takes what it can get, and there is less of it each time, but never nothing.
        #expect(taken == [10_000, 1112, 123, 14], "\(taken)")
        #expect(room.admits("e"))
    }

    @Test func whoHasMoreThanItsShareWaitsForTheOthers() {
        // The first one has ended a hundred of ten thousand; meanwhile a second one came.
        var room = RequestRoom(limit: 10_000, held: ["a": 9_900, "b": 100], count: 10_000, byteCount: 0)
        #expect(room.admits("a") == (9_900 < 8 * 1_250))
        #expect(Self.fill(&room, "b", upTo: 500) == 500)
        #expect(!room.admits("a") && room.admits("b"))
    }

    @Test func bytesCountToo() {
        var room = Self.empty(10_000)
        room.take("a", byteCount: RequestRoom.bytes - 1)
        #expect(room.admits("b"))
        room.take("a", byteCount: 1)
        #expect(!room.isOpen && !room.admits("b"))
        #expect(!RequestRoom.none.isOpen && !RequestRoom.none.admits("a"))
    }
}
