/// Everything that is wrong with one definition file.
public struct DefinitionErrors: Error, Sendable {
    /// The errors in the order of the file, at least one. Past the first fifty the last says that there are more.
    public let errors: [DefinitionError]
    /// The workflow that the file says it defines; nil where it does not, or cannot be read so far.
    public let workflowID: String?

    /// The errors of one file.
    public init(errors: [DefinitionError], workflowID: String? = nil) {
        self.workflowID = workflowID
        guard let first = errors.first, errors.count > Limits.errorsPerDefinition else {
            self.errors = errors
            return
        }
        let note = "There are more errors; only the first \(Limits.errorsPerDefinition) are shown."
        self.errors = errors.prefix(Limits.errorsPerDefinition) + [DefinitionError(file: first.file, message: note)]
    }

    /// The errors' one-line summaries.
    public var summary: String { errors.map(\.summary).joined(separator: "\n") }

    /// Whether the file defines this workflow, or seems to by its name.
    func isAbout(_ workflow: String) -> Bool {
        if let workflowID { return workflowID == workflow }
        let name = errors.first?.file.split(separator: "/").last ?? ""
        return name == "\(workflow).yaml" || name == "\(workflow).yml"
    }
}
