import PerdureJSON
import WorkflowCore

/// Reads an agent's arguments; what does not fit becomes an error that names the argument.
struct AgentArguments {
    private let object: JSONObject

    /// - Throws: `WorkflowError` with the code `INVALID_ARGUMENTS` when there are others than `known`.
    init(_ arguments: JSONValue, known: [String]) throws(WorkflowError) {
        guard case .object(let object) = arguments else {
            throw WorkflowError(code: .invalidArguments, message: "The arguments must be an object.")
        }
        if let unknown = object.keys.first(where: { !known.contains($0) }) {
            let list = known.joined(separator: ", ")
            throw WorkflowError(code: .invalidArguments, message: "Unknown argument '\(unknown)'; known are: \(list).")
        }
        self.object = object
    }

    /// A text that must be there.
    func text(_ name: String) throws(WorkflowError) -> String {
        guard let text = object[name]?.stringValue else {
            throw WorkflowError(
                code: .invalidArguments,
                message:
                    "The argument '\(name)' must be text; found \(object[name].map { String($0.jsonText.prefix(80)) } ?? "nothing")."
            )
        }
        return text
    }

    /// A whole number within a range, or `standard` when it is not given.
    func integer(_ name: String, in range: ClosedRange<Int64>, standard: Int64) throws(WorkflowError) -> Int {
        guard let value = object[name], !value.isNull else { return Int(standard) }
        guard let integer = value.intValue, range.contains(integer) else {
            throw WorkflowError(
                code: .invalidArguments,
                message:
                    "The argument '\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound); "
                    + "found \(value.jsonText.prefix(80))."
            )
        }
        return Int(integer)
    }
}
