import CEL

/// What the expressions of a template read, worked out once when its definition loads, so that an evaluation converts
/// nothing else.
public struct ExpressionReads: Sendable, Equatable {
    /// The names of the variables.
    let variables: Set<String>
    /// The steps whose outputs, statuses or errors are read, by index in order.
    ///
    /// All that are over by then when an expression looks at `steps` as a whole, but never more: what else happens to
    /// be done differs from run to run, and no result may depend on it.
    let steps: [Int]
    /// Whether an error of a step may be read. It is seldom, and would cost each step one field more.
    let includesErrors: Bool

    /// Reads nothing.
    static let nothing = ExpressionReads(nil, visible: [], names: [])

    /// The reads of a template.
    ///
    /// - Parameters:
    ///   - visible: The steps that are over when it is evaluated, by index in order.
    ///   - names: The names of all steps by index.
    init(_ template: Template?, visible: [Int], names: [String]) {
        let paths = template?.programs.reduce(into: Set<[String]>()) { $0.formUnion($1.references) } ?? []
        variables = Set(paths.compactMap(\.first))
        let ofSteps = paths.filter { $0.first == "steps" }
        includesErrors = ofSteps.contains { $0.count < 3 || $0[2] == "error" }
        if ofSteps.contains(where: { $0.count == 1 }) {
            steps = visible
        } else {
            let read = Set(ofSteps.map { $0[1] })
            steps = read.isEmpty ? [] : visible.filter { read.contains(names[$0]) }
        }
    }
}
