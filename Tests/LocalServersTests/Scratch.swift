import Foundation
import Glibc

@testable import LocalServers

/// A folder of its own for one test, removed with everything in it when the test ends.
final class Scratch: Sendable {
    let path: String

    /// - Parameter parent: a place that every user can reach unless the test wants it otherwise.
    init(_ name: String, in parent: String = "/tmp") throws {
        path = "\(parent)/perdure-test-\(name)-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A configuration with no plugins, which boots fastest.
    func configuration(postgres: Bool = true, broker: Bool = true) -> LocalServersConfiguration {
        LocalServersConfiguration(
            directory: path, wantsPostgres: postgres, wantsBroker: broker, brokerPlugins: [])
    }
}

/// The folder of the package, found from this file.
let packageFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

func isGone(_ pid: Int32) -> Bool {
    kill(pid, 0) != 0
}
