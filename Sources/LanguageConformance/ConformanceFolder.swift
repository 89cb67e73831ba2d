import FoundationEssentials
import PerdureJSON

/// A folder with the files of a suite.
public struct ConformanceFolder: Sendable {
    /// Where documents that cases refer to are said to be served.
    private static let remoteBase = "http://localhost:1234/"

    private let url: URL
    /// The names of its JSON files, in order.
    public let files: [String]
    /// Documents that schemas may refer to, by their address: those under `remotes/`, where the folder has that.
    let remotes: [String: JSONValue]

    /// Opens a folder.
    ///
    /// - Throws: if it cannot be read, or holds no JSON file.
    public init(_ path: String) throws(ConformanceError) {
        url = URL(filePath: path, directoryHint: .isDirectory)
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: url.path)
                .filter { $0.hasSuffix(".json") }.sorted()
        } catch {
            throw ConformanceError("The folder '\(path)' cannot be read; name one that holds files of cases.")
        }
        guard !files.isEmpty else {
            throw ConformanceError("The folder '\(path)' holds no .json file; name one that holds files of cases.")
        }
        remotes = try Self.remotes(in: url.appending(path: "remotes", directoryHint: .isDirectory))
    }

    /// `../shared/conformance/NAME` as seen from the folder with `Package.swift` around a source file; nil where there
    /// is none.
    public static func besidePackage(_ name: String, of file: String = #filePath) -> ConformanceFolder? {
        var place = URL(filePath: file).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: place.appending(path: "Package.swift").path) {
            guard place.pathComponents.count > 1 else { return nil }
            place.deleteLastPathComponent()
        }
        let folder = place.deletingLastPathComponent().appending(path: "shared/conformance").appending(path: name)
        return try? ConformanceFolder(folder.path)
    }

    func read(_ file: String) throws(ConformanceError) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: url.appending(path: file)))
        } catch {
            throw ConformanceError("It cannot be read: \(error)")
        }
    }

    private static func remotes(in folder: URL) throws(ConformanceError) -> [String: JSONValue] {
        guard let paths = try? FileManager.default.subpathsOfDirectory(atPath: folder.path) else { return [:] }
        var documents: [String: JSONValue] = [:]
        for path in paths.sorted() where path.hasSuffix(".json") {
            do {
                documents[remoteBase + path] = try JSONValue(
                    parsing: Data(contentsOf: folder.appending(path: path)))
            } catch {
                throw ConformanceError("The document 'remotes/\(path)' cannot be read: \(error)")
            }
        }
        return documents
    }
}
