import Logging
import WorkflowCore

extension DefinitionRegistry {
    /// Puts the definitions of the files into use, each by itself.
    ///
    /// What a version holds is settled when it is first used, by whichever coordinator that is. A file that says something
    /// else under the same version is refused, and what is kept of that version is used in its place, so that requests go on
    /// being served by what is known.
    /// - Parameter mayChange: Whether such a file is used all the same, with a warning.
    func deploy(
        _ offered: DefinitionCatalog, mayChange: Bool, journal: any Journal, logger: Logger
    ) async throws(JournalError) {
        let others = try await journal.keep(offered.all, mayChange: false)
        var result = DefinitionCatalog()
        for definition in offered.all {
            let reference = definition.reference
            let kept = others.filter { $0.reference.id == reference.id && $0.reference.version == reference.version }
            guard let newest = kept.last else {
                result.add(definition)
                continue
            }
            if let same = kept.last(where: { !$0.differs(from: definition) }) {
                result.add(definition.named(same.reference))
            } else if mayChange {
                logger.warning("\(definition.versionWarning(against: newest))")
                result.add(definition)
            } else {
                let versions = try await journal.keptVersions(of: reference.id)
                let error = definition.versionError(
                    against: newest, newestVersion: versions.last ?? reference.version)
                do throws(DefinitionErrors) {
                    result.add(try WorkflowDefinition(newest, agents: agents, zones: timeZones))
                    logger.error("a definition cannot be used, and what is stored stays in use: \(error.summary)")
                } catch let errors {
                    logger.error("a definition cannot be used: \(error.summary)")
                    logger.error("nor can what is stored of it: \(errors.errors.first?.summary ?? "it cannot be read")")
                }
            }
        }
        if mayChange { _ = try await journal.keep(result.all, mayChange: true) }
        use(result)
    }

    /// Puts definitions into use whenever files have changed, and says so.
    func follow(
        _ changes: AsyncStream<DefinitionCatalog>, mayChange: Bool, journal: any Journal, logger: Logger,
        whenUsed: @Sendable () -> Void
    ) async throws(JournalError) {
        for await offered in changes {
            let before = Set(catalog.all.map(\.reference))
            do {
                try await deploy(offered, mayChange: mayChange, journal: journal, logger: logger)
            } catch {
                guard error.code == .refused else { throw error }
                logger.error("the definitions cannot be stored, and what was in use stays: \(error.message)")
                continue
            }
            whenUsed()
            let after = catalog.all.map(\.reference)
            for reference in after where !before.contains(reference) {
                logger.info("in use from now on: '\(reference.id)' version \(reference.version)")
            }
            for reference in before.subtracting(after).sorted(by: { ($0.id, $0.version) < ($1.id, $1.version) })
            where catalog.definition(reference.id, version: reference.version) == nil {
                logger.info("no longer offered unless it is asked for: '\(reference.id)' version \(reference.version)")
            }
            logger.info("the definitions are read again", metadata: [LogKey.count: "\(after.count) workflows"])
        }
    }
}
