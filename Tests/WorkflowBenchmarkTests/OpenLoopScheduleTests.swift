import Testing

@testable import WorkflowBenchmark

@Suite struct OpenLoopScheduleTests {
    @Test func `requests are due evenly, the first at once`() {
        let schedule = OpenLoopSchedule(rate: 200, duration: .seconds(30))
        #expect(schedule.count == 6000)
        #expect(schedule.due(0) == 0)
        #expect(schedule.due(1) == 5_000_000)
        #expect(schedule.due(5999) == 29_995_000_000)
    }

    @Test func `what is due follows from the time alone`() {
        let schedule = OpenLoopSchedule(rate: 200, duration: .seconds(1))
        #expect(schedule.dueCount(after: 0) == 1)
        #expect(schedule.dueCount(after: 4_999_999) == 1)
        #expect(schedule.dueCount(after: 5_000_000) == 2)
        #expect(schedule.dueCount(after: 994_999_999) == 199)
        #expect(schedule.dueCount(after: 3_600_000_000_000) == 200, "never more than there are")
    }

    @Test(arguments: [0.7, 3, 333, 1300, 99_999])
    func `the count at a due time includes that request, and just before it does not`(rate: Double) {
        let schedule = OpenLoopSchedule(rate: rate, duration: .seconds(20))
        for index in stride(from: 1, to: schedule.count, by: max(1, schedule.count / 1000)) {
            let due = schedule.due(index)
            #expect(schedule.dueCount(after: due) >= index + 1)
            #expect(schedule.dueCount(after: due - 1) <= index)
        }
    }

    @Test func `there is always a request`() {
        #expect(OpenLoopSchedule(rate: 0.1, duration: .seconds(1)).count == 1)
    }
}

@Suite struct PaceTests {
    @Test func `every request is sent once, in order, and none before it is due`() {
        let schedule = OpenLoopSchedule(rate: 2000, duration: .seconds(1))
        var sent = 0
        var early = 0
        Pace(schedule).run { requests, start in
            #expect(requests.lowerBound == sent)
            sent = requests.upperBound
            if MonotonicClock.now() < start + schedule.due(requests.upperBound - 1) { early += 1 }
        }
        #expect(sent == schedule.count && early == 0)
    }

    @Test func `a pace that is stopped sends no more`() {
        let pace = Pace(OpenLoopSchedule(rate: 1000, duration: .seconds(3600)))
        var calls = 0
        pace.run { _, _ in
            calls += 1
            pace.stop()
        }
        #expect(calls == 1)
    }
}
