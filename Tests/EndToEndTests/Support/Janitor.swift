import Foundation
import LocalServers
import TestSupport

/// The servers that all tests share, and the folder that everything is in.
enum Janitor {
    private static let folder = Result { try RunFolder("e2e", program: Binary.path) }
    private static let shared = Task {
        try await LocalServers.start(
            LocalServersConfiguration(directory: "\(try folder.get().path)/servers", brokerPlugins: []))
    }

    /// The servers, started by whoever asks first.
    static func servers() async throws -> LocalServers {
        try await shared.value
    }

    /// A fresh folder for a test.
    static func directory(_ name: String) throws -> String {
        let path = "\(try folder.get().path)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Has a process of the binary killed when this one ends.
    static func watch(_ pid: Int32) throws {
        try folder.get().kill(atEnd: pid)
    }
}
