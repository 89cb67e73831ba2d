import PerdureJSON

/// A workflow that the benchmark measures, with agents that cost nothing.
public struct BenchmarkWorkflow: Sendable, Equatable {
    /// What all ids of these workflows begin with; rows under such an id are the benchmark's own.
    public static let idPrefix = "perdure_bench_"

    /// The workflow's id.
    public let id: String
    /// The definition as YAML.
    public let yaml: String
    /// How many steps it has.
    public let stepCount: Int

    private init(_ name: String, stepCount: Int, steps: String) {
        id = Self.idPrefix + name
        self.stepCount = stepCount
        // Without `output`, an execution gives each step's output by name, as the sample does.
        yaml = """
            workflow: \(Self.idPrefix)\(name)
            version: 1
            input:
              type: object
              required: [text]
              properties:
                text: { type: string, minLength: 1 }
            steps:
            \(steps)
            """
    }

    /// Steps one after another, each with the text of the input; two of them are the shape of the sample.
    ///
    /// - Parameter isPure: Whether the definition says that the agents only compute.
    public static func chain(_ count: Int, isPure: Bool = false) -> BenchmarkWorkflow {
        let steps = (1...max(1, count)).map { index in
            step(index, agent: BenchmarkAgents.nothing, needs: index > 1 ? ["step_\(index - 1)"] : [], isPure: isPure)
        }
        return BenchmarkWorkflow("chain_\(max(1, count))", stepCount: max(1, count), steps: steps.joined())
    }

    /// Steps beside one another, and a last one that needs them all.
    public static func fanOut(_ width: Int, isPure: Bool = false) -> BenchmarkWorkflow {
        let width = max(1, width)
        var steps = (1...width).map { step($0, agent: BenchmarkAgents.nothing, needs: [], isPure: isPure) }
        steps.append(step(width + 1, agent: BenchmarkAgents.nothing, needs: (1...width).map { "step_\($0)" }))
        return BenchmarkWorkflow("fan_out_\(width)", stepCount: width + 1, steps: steps.joined())
    }

    /// Two steps of which the first waits for a time without computing.
    public static func waiting(seconds: Int) -> BenchmarkWorkflow {
        let steps =
            step(1, agent: BenchmarkAgents.waiting, needs: [], more: ", seconds: \(seconds)")
            + step(2, agent: BenchmarkAgents.nothing, needs: ["step_1"])
        return BenchmarkWorkflow("waiting_\(seconds)", stepCount: 2, steps: steps)
    }

    private static func step(
        _ index: Int, agent: String, needs: [String], isPure: Bool = false, more: String = ""
    ) -> String {
        let needed = needs.isEmpty ? "" : "    needs: [\(needs.joined(separator: ", "))]\n"
        return """
              step_\(index):
                agent: \(agent)
                pure: \(isPure)
            \(needed)    with: { text: "${ input.text }"\(more) }

            """
    }

    /// Events of one execution in which nothing fails: two of the execution and four of each step.
    public var eventsPerExecution: Int { 2 + 4 * stepCount }

    /// The body of a request, with a text of so many bytes.
    public func requestBody(payloadBytes: Int) -> [UInt8] {
        let text = String(repeating: "x", count: max(1, payloadBytes))
        return JSONValue.object(["workflow_id": .string(id), "input": ["text": .string(text)]]).jsonBytes
    }
}
