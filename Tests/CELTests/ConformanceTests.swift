import CEL
import FoundationEssentials
import Testing

/// The cases of the language's own conformance suite, where its files lie beside the package.
@Suite struct ConformanceTests {
    /// What a file must come to, exactly.
    struct Expectation: CustomTestStringConvertible {
        let file: String
        let passed: Int
        var skipped = 0
        /// Names of cases that fail, each with its reason beside it.
        var failed: [String] = []
        var testDescription: String { file }
    }

    /// `../shared/conformance/cel` from the folder that holds `Package.swift`; nil where there is none.
    static let folder: URL? = {
        var root = URL(filePath: #filePath).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path) {
            guard root.pathComponents.count > 1 else { return nil }
            root.deleteLastPathComponent()
        }
        let folder = root.deletingLastPathComponent().appending(path: "shared/conformance/cel")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    static let expectations: [Expectation] = [
        Expectation(file: "basic", passed: 33), Expectation(file: "bindings_ext", passed: 5),
        Expectation(file: "comparisons", passed: 230), Expectation(file: "conversions", passed: 74),
        Expectation(file: "dynamic", passed: 0, skipped: 1), Expectation(file: "encoders_ext", passed: 4),
        Expectation(file: "fields", passed: 44), Expectation(file: "fp_math", passed: 23),
        Expectation(file: "integer_math", passed: 40), Expectation(file: "lists", passed: 32),
        Expectation(file: "logic", passed: 25), Expectation(file: "macros", passed: 25),
        Expectation(file: "macros2", passed: 32), Expectation(file: "math_ext", passed: 138),
        Expectation(file: "namespace", passed: 7), Expectation(file: "optionals", passed: 41),
        // The file expects a backslash before the question mark. The suite's source spells the expected bytes with the
        // escape \? of protobuf's text form, which is a plain question mark; so does this implementation read it.
        Expectation(
            file: "parse", passed: 132,
            failed: ["bytes_literals/triple_double_quoted_unescaped_punctuation"]),
        Expectation(file: "plumbing", passed: 4),
        Expectation(file: "proto2", passed: 0, skipped: 9), Expectation(file: "string", passed: 37),
        Expectation(file: "string_ext", passed: 144), Expectation(file: "timestamps", passed: 54),
        Expectation(file: "type_deduction", passed: 16, skipped: 10),
    ]

    /// Files of extensions that are not offered: `cel.block` is for optimisers, and there are no network types.
    static let notOffered: Set<String> = ["block_ext", "network_ext"]

    @Test(.enabled(if: folder != nil, "no conformance files beside the package"), arguments: expectations)
    func file(_ expectation: Expectation) throws {
        let folder = try #require(Self.folder)
        let data = try Data(contentsOf: folder.appending(path: "\(expectation.file).json"))
        let report = try ConformanceRunner.run(file: Array(data))
        #expect(report.failed.map(\.name) == expectation.failed, "\(report.failed)")
        #expect(report.skipped.count == expectation.skipped)
        #expect(report.passed.count == expectation.passed)
    }

    @Test(.enabled(if: folder != nil, "no conformance files beside the package"))
    func noFileIsForgotten() throws {
        let folder = try #require(Self.folder)
        let found = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
        #expect(Set(found) == Self.notOffered.union(Self.expectations.map(\.file)))
    }
}
