import WorkflowMessaging

/// What each scenario runs.
extension Benchmark {
    /// Executions a second that a busy machine accepts at least: how long the agents of the memory scenario wait follows
    /// from it.
    private static let acceptedPerSecond = 200
    /// Requests unanswered at a time while coordinators are killed: what a dead one holds waits for its lease to end, and
    /// the others must not run out of work meanwhile.
    private static let outstandingWhenKilled = 5_000
    /// How long an idle coordinator is watched.
    private static let idleDuration = Duration.seconds(30)

    /// The runs of a scenario, in groups that begin with the floor for the rest of the group.
    func sessions(_ scenario: BenchmarkScenario) -> [[RunPlan]] {
        let payload = options.payloadBytes.first ?? Self.standardPayloadBytes
        switch scenario {
        case .floor: return [[floor(payload: payload, atRate: options.rate != nil || options.duration != nil)]]
        case .payload:
            return (options.payloadBytes.isEmpty ? [1 << 10, 64 << 10, 1 << 20] : options.payloadBytes).map { bytes in
                [floor(payload: bytes), fullSpeed("two-step \(Self.size(bytes))", chain(2), payload: bytes)]
            }
        case .latency:
            let chains = (options.steps.isEmpty ? [2, 3] : options.steps).map { count in
                atRate("chain of \(count) at rate", chain(count), .coordinators(coordinators), payload: payload)
            }
            return [[floor(payload: payload, atRate: true)] + chains]
        case .idle: return [[idle]]
        case .memory: return [[memory(payload: payload)]]
        case .soak: return [[soak(payload: payload)]]
        case .all:
            let first: [BenchmarkScenario] = [.twoStep, .chain, .fanOut, .coordinators, .heldSnapshot, .million, .kill]
            // A run that two scenarios share is made once.
            var names: Set<String> = []
            var pure = self
            pure.options.isPure = true
            let plans = (first.flatMap { compared($0, payload: payload) } + pure.compared(.twoStep, payload: payload))
                .filter { names.insert($0.name).inserted }
            var batch = self
            batch.options.eventsMode = .batch
            return [[floor(payload: payload)] + plans] + batch.sessions(.twoStep) + sessions(.payload)
                + sessions(.latency) + sessions(.idle)
                + sessions(.memory)
        case .twoStep, .chain, .fanOut, .coordinators, .heldSnapshot, .million, .kill:
            return [[floor(payload: payload)] + compared(scenario, payload: payload)]
        }
    }

    /// The runs of a scenario that all go at full speed with the same input, without their floor.
    private func compared(_ scenario: BenchmarkScenario, payload: Int) -> [RunPlan] {
        let plain = fullSpeed("two-step", chain(2), payload: payload)
        switch scenario {
        case .chain:
            return (options.steps.isEmpty ? [3, 9] : options.steps).map { count in
                fullSpeed("chain of \(count)", chain(count), payload: payload)
            }
        case .fanOut:
            let width = options.width ?? 100
            return [fullSpeed("fan-out of \(width)", .fanOut(width, isPure: options.isPure), payload: payload)]
        case .coordinators:
            let counts = options.coordinators.isEmpty ? [1, 2, 4] : options.coordinators
            return counts.map { count in
                var plan = plain
                plan.workers = .coordinators(count)
                if count > 1 {
                    plan.name = "two-step on \(count)"
                    plan.baseline = plain.name
                }
                return plan
            }
        case .heldSnapshot:
            return [plain, plain.under(.heldSnapshot, adding: "snapshot held")]
        case .million:
            let count = options.finished ?? 1_000_000
            return [plain, plain.under(.finishedExecutions(count), adding: "\(count) finished")]
        case .kill:
            var plan = plain.under(.kills(options.kills ?? 5), adding: "killed")
            plan.workers = .coordinators(options.coordinators.first ?? 2)
            plan.baseline = nil
            if case .fullSpeed(let count, _) = plan.load {
                plan.load = .fullSpeed(
                    count: count, outstanding: options.outstanding ?? min(count, Self.outstandingWhenKilled))
            }
            return [plan]
        default:
            return [plain]
        }
    }

    private var coordinators: Int { options.coordinators.first ?? 1 }

    private func chain(_ count: Int) -> BenchmarkWorkflow { .chain(count, isPure: options.isPure) }

    private var idle: RunPlan {
        named(
            "idle", chain(2), .coordinators(coordinators), .none(options.duration ?? Self.idleDuration), warmUp: 0,
            payload: Self.standardPayloadBytes)
    }

    private func memory(payload: Int) -> RunPlan {
        let count = options.executions ?? 10_000
        let workflow = BenchmarkWorkflow.waiting(seconds: max(10, count / Self.acceptedPerSecond))
        var plan = named(
            "memory", workflow, .coordinators(1), .fullSpeed(count: count, outstanding: count), warmUp: 0,
            payload: payload)
        plan.circumstance = .allInFlight
        return plan
    }

    /// By itself: half an hour of the floor would say nothing more.
    private func soak(payload: Int) -> RunPlan {
        var plan = self
        plan.options.rate = options.rate ?? 1_000
        plan.options.duration = options.duration ?? .seconds(1_800)
        return plan.atRate("soak", .chain(2), .coordinators(coordinators), payload: payload)
    }

    /// The floor, under the load of the runs that it is compared with.
    private func floor(payload: Int, atRate: Bool = false) -> RunPlan {
        let workers = RunPlan.Workers.floor(streams: options.floorStreams ?? Self.standardFloorStreams)
        let name = payload == Self.standardPayloadBytes ? "floor" : "floor \(Self.size(payload))"
        var plan =
            atRate
            ? self.atRate("\(name) at rate", .chain(2), workers, payload: payload)
            : fullSpeed(name, .chain(2), payload: payload)
        plan.workers = workers
        plan.variant = RunVariant()
        plan.variant.eventsMode = options.eventsMode
        plan.name = (atRate ? "\(name) at rate" : name) + plan.variant.suffix
        return plan
    }

    /// As fast as it goes, with about as many events whatever the shape.
    private func fullSpeed(_ name: String, _ workflow: BenchmarkWorkflow, payload: Int) -> RunPlan {
        let reference = BenchmarkWorkflow.chain(2).eventsPerExecution
        let scaled = Self.standardExecutions * reference / max(reference, workflow.eventsPerExecution)
        let count = options.executions ?? max(100, min(scaled, Self.payloadBudget / payload))
        let share = Self.standardOutstanding * reference / max(reference, workflow.eventsPerExecution)
        let outstanding = options.outstanding ?? max(8, min(share, Self.outstandingBudget / payload))
        return named(
            name, workflow, .coordinators(coordinators), .fullSpeed(count: count, outstanding: outstanding),
            warmUp: Self.warmUp(count), payload: payload)
    }

    /// At a fixed rate.
    private func atRate(
        _ name: String, _ workflow: BenchmarkWorkflow, _ workers: RunPlan.Workers, payload: Int
    ) -> RunPlan {
        let schedule = OpenLoopSchedule(
            rate: options.rate ?? Self.standardRate, duration: options.duration ?? Self.standardDuration)
        return named(
            name, workflow, workers, .openLoop(schedule), warmUp: Self.warmUp(schedule.count), payload: payload)
    }

    private func named(
        _ name: String, _ workflow: BenchmarkWorkflow, _ workers: RunPlan.Workers, _ load: LoadGenerator.Load,
        warmUp: Int, payload: Int
    ) -> RunPlan {
        var variant = RunVariant()
        variant.lanes = options.lanes
        variant.isPure = options.isPure
        variant.eventsMode = options.eventsMode
        return RunPlan(
            name: name + variant.suffix, workflow: workflow, workers: workers, load: load, payloadBytes: payload,
            warmUp: warmUp, variant: variant)
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

extension RunPlan {
    /// The same run under a circumstance, compared with this one.
    fileprivate func under(_ circumstance: Circumstance, adding words: String) -> RunPlan {
        var plan = self
        plan.name = "\(name), \(words)"
        plan.baseline = self.name
        plan.circumstance = circumstance
        return plan
    }
}
