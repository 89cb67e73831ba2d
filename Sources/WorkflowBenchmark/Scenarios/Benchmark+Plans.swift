/// What each scenario runs.
extension Benchmark {
    /// The runs of a scenario, in groups that begin with the floor for the rest of the group.
    func sessions(_ scenario: BenchmarkScenario) -> [[RunPlan]] {
        let payload = options.payloadBytes.first ?? Self.standardPayloadBytes
        let coordinators = options.coordinators.first ?? 1
        switch scenario {
        case .floor:
            return [[floor(payload: payload, atRate: options.rate != nil || options.duration != nil)]]
        case .twoStep:
            return [
                [
                    floor(payload: payload),
                    fullSpeed("two-step", .chain(2), coordinators: coordinators, payload: payload),
                ]
            ]
        case .chain:
            let chains = (options.steps.isEmpty ? [3, 9] : options.steps).map { count in
                fullSpeed("chain of \(count)", .chain(count), coordinators: coordinators, payload: payload)
            }
            return [[floor(payload: payload)] + chains]
        case .fanOut:
            let width = options.width ?? 100
            return [
                [
                    floor(payload: payload),
                    fullSpeed("fan-out of \(width)", .fanOut(width), coordinators: coordinators, payload: payload),
                ]
            ]
        case .payload:
            return (options.payloadBytes.isEmpty ? [1 << 10, 64 << 10, 1 << 20] : options.payloadBytes).map { bytes in
                [
                    floor(payload: bytes),
                    fullSpeed("two-step \(Self.size(bytes))", .chain(2), coordinators: coordinators, payload: bytes),
                ]
            }
        case .coordinators:
            let counts = options.coordinators.isEmpty ? [1, 2, 4] : options.coordinators
            return [
                [floor(payload: payload)]
                    + counts.map {
                        fullSpeed("two-step on \($0)", .chain(2), coordinators: $0, payload: payload)
                    }
            ]
        case .latency:
            let chains = (options.steps.isEmpty ? [2, 3] : options.steps).map { count in
                atRate("chain of \(count)", .chain(count), .coordinators(coordinators), payload: payload)
            }
            return [[floor(payload: payload, atRate: true)] + chains]
        }
    }

    /// The floor, under the load of the runs that it is compared with.
    func floor(payload: Int, atRate: Bool = false) -> RunPlan {
        let workers = RunPlan.Workers.floor(streams: options.floorStreams ?? Self.standardFloorStreams)
        let name = payload == Self.standardPayloadBytes ? "floor" : "floor \(Self.size(payload))"
        guard !atRate else { return self.atRate("\(name) at rate", .chain(2), workers, payload: payload) }
        var plan = fullSpeed(name, .chain(2), coordinators: 1, payload: payload)
        plan.workers = workers
        return plan
    }

    /// As fast as it goes, with about as many events whatever the shape.
    func fullSpeed(_ name: String, _ workflow: BenchmarkWorkflow, coordinators: Int, payload: Int) -> RunPlan {
        let reference = BenchmarkWorkflow.chain(2).eventsPerExecution
        let scaled = Self.standardExecutions * reference / max(reference, workflow.eventsPerExecution)
        let count = options.executions ?? max(100, min(scaled, Self.payloadBudget / payload))
        let share = Self.standardOutstanding * reference / max(reference, workflow.eventsPerExecution)
        let outstanding = options.outstanding ?? max(8, min(share, Self.outstandingBudget / payload))
        return RunPlan(
            name: name, workflow: workflow, workers: .coordinators(coordinators),
            load: .fullSpeed(count: count, outstanding: outstanding), payloadBytes: payload,
            warmUp: Self.warmUp(count))
    }

    /// At a fixed rate.
    func atRate(
        _ name: String, _ workflow: BenchmarkWorkflow, _ workers: RunPlan.Workers, payload: Int
    ) -> RunPlan {
        let schedule = OpenLoopSchedule(
            rate: options.rate ?? Self.standardRate, duration: options.duration ?? Self.standardDuration)
        return RunPlan(
            name: name, workflow: workflow, workers: workers, load: .openLoop(schedule), payloadBytes: payload,
            warmUp: Self.warmUp(schedule.count))
    }

    /// A tenth as many, at most a thousand.
    static func warmUp(_ executions: Int) -> Int { min(1000, (executions + 9) / 10) }

    /// Bytes as a person says them.
    static func size(_ bytes: Int) -> String {
        switch bytes {
        case (1 << 20)... where bytes % (1 << 20) == 0: "\(bytes >> 20) MB"
        case (1 << 10)... where bytes % (1 << 10) == 0: "\(bytes >> 10) KB"
        default: "\(bytes) B"
        }
    }
}
