import JSONSchema
import PerdureJSON

/// The definitions that a coordinator can run, by workflow and version.
public struct DefinitionCatalog: Sendable {
    private var byWorkflow: [String: [Int: WorkflowDefinition]] = [:]

    /// A catalog of these definitions; of two with the same id and version the first stays.
    public init(_ definitions: [WorkflowDefinition] = []) {
        for definition in definitions { add(definition) }
    }

    /// Adds a definition.
    ///
    /// - Returns: false when its id and version are taken by other content.
    @discardableResult
    public mutating func add(_ definition: WorkflowDefinition) -> Bool {
        let reference = definition.reference
        if let known = byWorkflow[reference.id]?[reference.version] {
            return known.reference == reference
        }
        byWorkflow[reference.id, default: [:]][reference.version] = definition
        return true
    }

    /// The definition of a workflow under a version, or nil.
    public func definition(_ workflowID: String, version: Int) -> WorkflowDefinition? {
        byWorkflow[workflowID]?[version]
    }

    /// The versions of a workflow, ascending.
    public func versions(of workflowID: String) -> [Int] { byWorkflow[workflowID]?.keys.sorted() ?? [] }

    /// Takes a definition out.
    mutating func remove(_ reference: WorkflowReference) {
        byWorkflow[reference.id]?[reference.version] = nil
        if byWorkflow[reference.id]?.isEmpty == true { byWorkflow[reference.id] = nil }
    }

    /// All definitions, by id and then by version.
    public var all: [WorkflowDefinition] {
        byWorkflow.values.flatMap(\.values).sorted {
            ($0.reference.id, $0.reference.version) < ($1.reference.id, $1.reference.version)
        }
    }

    /// The newest version of each workflow, by id.
    public var newest: [WorkflowDefinition] {
        byWorkflow.sorted { $0.key < $1.key }.compactMap { $0.value.max { $0.key < $1.key }?.value }
    }

    /// The definition of exactly this content, or nil.
    public func definition(_ reference: WorkflowReference) -> WorkflowDefinition? {
        byWorkflow[reference.id]?[reference.version].flatMap { $0.reference == reference ? $0 : nil }
    }

    /// The definition that a request asks for, its input checked.
    ///
    /// - Throws: `RequestRejection` when there is no such workflow or version, or the input does not match its schema.
    public func definition(for request: ExecutionRequest) throws(RequestRejection) -> WorkflowDefinition {
        guard let versions = byWorkflow[request.workflowID] else {
            let hint = Suggestion.text(for: request.workflowID, among: byWorkflow.keys)
            throw RequestRejection(
                .unknownWorkflow,
                "The field 'workflow_id' names no workflow known here: '\(request.workflowID.storable(maximum: 64))'.\(hint)"
            )
        }
        let wanted = request.version ?? versions.keys.max() ?? 1
        guard let definition = versions[wanted] else {
            throw .unknownVersion(wanted, of: request.workflowID, known: versions.keys.sorted())
        }
        try definition.check(request.input)
        return definition
    }
}

extension WorkflowDefinition {
    /// Checks an input against the schema.
    ///
    /// - Throws: `RequestRejection` that names the field.
    public func check(_ input: JSONValue) throws(RequestRejection) {
        guard let violation = inputSchema?.validate(input).first else { return }
        let place = violation.instancePointer.tokens.isEmpty ? "input" : "input\(violation.instancePointer)"
        throw RequestRejection(
            .invalidInput, "The field '\(place)' does not match the workflow's schema: \(violation.message)")
    }
}

extension RequestRejection {
    /// A workflow has no such version; `known` are those that it has.
    public static func unknownVersion(_ version: Int, of workflowID: String, known: [Int]) -> RequestRejection {
        RequestRejection(
            .unknownVersion,
            "The field 'version' asks for version \(version) of '\(workflowID.storable(maximum: 64))'; there is "
                + "\(known.map(String.init).joined(separator: ", ")).")
    }
}
