import Cron

/// A definition as the journal keeps it, from when it was first used.
public struct KeptDefinition: Sendable, Equatable {
    /// Which workflow, which version, and the hash that executions of it name.
    public let reference: WorkflowReference
    /// Its text.
    public let source: String
    /// When it was first used.
    public let keptAt: Timestamp

    /// A definition from its parts.
    public init(reference: WorkflowReference, source: String, keptAt: Timestamp) {
        self.reference = reference
        self.source = source
        self.keptAt = keptAt
    }

    /// Whether it is another content of the version that a definition has. Releases up to tables of version 3 hashed the text as
    /// it stood, so two hashes may mean the same.
    public func differs(from definition: WorkflowDefinition) -> Bool {
        reference != definition.reference
            && DefinitionContent.hash(ofSource: source) != DefinitionContent.hash(ofSource: definition.source)
    }
}

extension WorkflowDefinition {
    /// Reads a definition that is kept, under the reference that its executions name.
    ///
    /// - Parameters:
    ///   - agents: The names of the agents that steps may use.
    ///   - zones: The time zones that its schedule may name; any, where it is not run by the clock.
    /// - Throws: `DefinitionErrors` when it needs agents that are not there, or what this release does not have.
    public init(
        _ kept: KeptDefinition, agents: Set<String>, zones: TimeZoneDatabase = .unchecked
    ) throws(DefinitionErrors) {
        let file = "\(kept.reference.id) version \(kept.reference.version), as stored"
        self = try WorkflowDefinition(yaml: kept.source, file: file, agents: agents, zones: zones).named(kept.reference)
    }

    /// Why it cannot be used beside what is kept under its version: the place of `version`, since when, and what to do.
    ///
    /// - Parameter newestVersion: The highest version that is kept of the workflow.
    public func versionError(against kept: KeptDefinition, newestVersion: Int) -> DefinitionError {
        let since = kept.keptAt.rfc3339.prefix(19) + "Z"
        let place = DefinitionContent.firstDifference(kept.source, source).map { "; they differ at '\($0)'" } ?? ""
        let show = "perdure workflows show \(reference.id) --version \(reference.version) --stored"
        return DefinitionError(
            file: file, line: versionLine, column: versionColumn, key: "version",
            message:
                "Version \(reference.version) of '\(reference.id)' is stored with other content since \(since)\(place). "
                + "Raise the version to \(max(newestVersion, reference.version) + 1), or put the file back as it was "
                + "(`\(show)`).",
            sourceLine: line(versionLine))
    }

    /// Why it cannot be used beside another one with the same id and version but other content: the place of `version`, and
    /// the other file.
    public func versionError(besides other: WorkflowDefinition) -> DefinitionError {
        DefinitionError(
            file: file, line: versionLine, column: versionColumn, key: "version",
            message:
                "The workflow '\(reference.id)' version \(reference.version) is defined in \(other.file) too, with other "
                + "content; give one of them a higher version.",
            sourceLine: line(versionLine))
    }

    /// What to say while definitions are being written and nobody minds.
    public func versionWarning(against kept: KeptDefinition) -> String {
        let place = DefinitionContent.firstDifference(kept.source, source).map { " at '\($0)'" } ?? ""
        return "\(file):\(versionLine):\(versionColumn): version: The content of '\(reference.id)' version "
            + "\(reference.version) has changed\(place), and its version has not. New executions run the new content, those "
            + "under way keep theirs; raise the version before you deploy it."
    }

    private func line(_ number: Int) -> String {
        let lines = source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return lines.indices.contains(number - 1) ? String(lines[number - 1]) : ""
    }
}
