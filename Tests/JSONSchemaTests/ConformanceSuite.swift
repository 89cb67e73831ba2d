import FoundationEssentials
import JSONSchema
import PerdureJSON

/// Runs files of the JSON-Schema-Test-Suite: lists of a schema with instances and whether each is valid.
enum ConformanceSuite {
    /// `../shared/conformance/json-schema` as seen from the folder with Package.swift, or nil when it is not there.
    static let folder: URL? = {
        var place = URL(filePath: #filePath)
        while place.pathComponents.count > 1 {
            place = place.deletingLastPathComponent()
            guard FileManager.default.fileExists(atPath: place.appending(path: "Package.swift").path) else { continue }
            let folder = place.deletingLastPathComponent().appending(path: "shared/conformance/json-schema")
            return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
        }
        return nil
    }()

    /// What came of one file.
    struct Outcome: Equatable, Sendable {
        var passed = 0
        /// The tests whose verdict was wrong.
        var failed: [Failure] = []
    }

    /// A test by the names of its schema and its instance.
    struct Failure: Equatable, Sendable {
        let group: String
        let test: String
    }

    /// Runs one file; a schema that does not compile fails all its tests.
    static func run(_ file: JSONValue, options: JSONSchema.Options) -> Outcome {
        var outcome = Outcome()
        for group in file.arrayValue ?? [] {
            let schema = group["schema"].flatMap { try? JSONSchema($0, options: options) }
            for test in group["tests"]?.arrayValue ?? [] {
                if let schema, let data = test["data"], let expected = test["valid"]?.boolValue,
                    schema.validate(data).isEmpty == expected, schema.accepts(data) == expected
                {
                    outcome.passed += 1
                } else {
                    outcome.failed.append(
                        Failure(
                            group: group["description"]?.stringValue ?? "",
                            test: test["description"]?.stringValue ?? ""))
                }
            }
        }
        return outcome
    }
}
