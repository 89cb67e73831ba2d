import Foundation

/// Where a running `perdure dev` tells the other commands of the same directory where its servers are.
struct DevEndpoints: Codable, Sendable {
    let process: Int32
    let databaseURL: String
    let amqpURL: String

    private static func path(_ directory: String) -> String { directory + "/endpoints.json" }

    /// The endpoints of a `perdure dev` that is alive, or nil.
    static func running(in directory: String) -> DevEndpoints? {
        guard let data = FileManager.default.contents(atPath: path(directory)),
            let endpoints = try? JSONDecoder().decode(DevEndpoints.self, from: data), endpoints.process != getpid(),
            kill(endpoints.process, 0) == 0 || errno == EPERM
        else { return nil }
        return endpoints
    }

    /// Leaves them for others, readable by this user only: they hold passwords.
    func write(to directory: String) throws {
        let path = Self.path(directory)
        try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        chmod(path, 0o600)
    }

    /// Takes them away again.
    static func remove(from directory: String) {
        unlink(path(directory))
    }
}
