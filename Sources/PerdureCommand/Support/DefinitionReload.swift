import Foundation
import Logging
import ServiceLifecycle
import UnixSignals
import WorkflowCore

/// Reads the definitions again while a coordinator runs.
struct DefinitionReload: Sendable {
    /// When they are read again.
    enum Occasion {
        /// When the process gets SIGHUP.
        case hangup
        /// When a file was changed, added or removed.
        case change
    }

    /// What tells that a file is another one than before.
    private struct Mark: Equatable {
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
        let inode: UInt64
    }

    /// Between two looks at the files.
    private static let pause = Duration.seconds(1)

    /// What the files hold, each time that they were read.
    let catalogs: AsyncStream<DefinitionCatalog>
    private let continuation: AsyncStream<DefinitionCatalog>.Continuation
    private let settings: Settings
    private let occasion: Occasion
    private let first: DefinitionCatalog
    private let firstMarks: [String: Mark]
    private let logger: Logger

    /// - Parameter catalog: What was read at the start.
    init(_ occasion: Occasion, settings: Settings, catalog: DefinitionCatalog, logger: Logger) {
        self.settings = settings
        self.occasion = occasion
        self.logger = logger
        first = catalog
        firstMarks = Self.marks(of: settings[.workflowsDirectory])
        // What was read in between is of no interest once there is something newer.
        (catalogs, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Reads whenever there is an occasion, until the task is cancelled.
    func run() async {
        switch occasion {
        case .hangup: await followSignals()
        case .change: await followFiles()
        }
        continuation.finish()
    }

    private func followSignals() async {
        var last = first
        for await _ in await UnixSignalsSequence(trapping: .sighup) { read(&last) }
    }

    private func followFiles() async {
        var last = first
        var seen = firstMarks
        while (try? await Task.sleep(for: Self.pause)) != nil {
            let now = Self.marks(of: settings[.workflowsDirectory])
            guard now != seen else { continue }
            seen = now
            read(&last)
        }
    }

    private func read(_ last: inout DefinitionCatalog) {
        do {
            // As they were read at the start: a coordinator has a folder, and no sample takes its place.
            let files =
                switch occasion {
                case .hangup:
                    try WorkflowFiles(folder: settings[.workflowsDirectory], agents: PerdureProgram.agents.names)
                case .change: try WorkflowFiles(settings)
                }
            files.report(to: logger)
            last = files.catalog(fallingBackTo: last)
            continuation.yield(last)
        } catch {
            logger.error("the definitions are not read again, and what was in use stays: \(error)")
        }
    }

    /// The files of the folder; empty while there is no folder.
    private static func marks(of folder: String) -> [String: Mark] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var marks: [String: Mark] = [:]
        for name in names where WorkflowFiles.isDefinition(name) {
            var info = stat()
            guard stat("\(folder)/\(name)", &info) == 0 else { continue }
            marks[name] = Mark(
                size: Int64(info.st_size), seconds: info.st_mtim.tv_sec, nanoseconds: info.st_mtim.tv_nsec,
                inode: UInt64(info.st_ino))
        }
        return marks
    }
}
