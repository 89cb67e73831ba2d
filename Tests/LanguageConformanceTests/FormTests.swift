import Foundation
import LanguageConformance
import TestSupport
import Testing

/// What becomes of files and cases in whatever form they come.
@Suite struct FormTests {
    /// What a suite says of a file with a text.
    private static func report(
        _ suite: ConformanceSuite, _ text: String, remotes: [String: String] = [:]
    ) throws -> ConformanceReport {
        let folder = FileManager.default.temporaryDirectory.appending(path: "perdure-cases-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: folder.appending(path: "one.json"))
        for (path, text) in remotes {
            let place = folder.appending(path: "remotes").appending(path: path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }
        let found = suite.run(try ConformanceFolder(folder.path))
        return try #require(found.first).report
    }

    @Test func countsCases() throws {
        let report = try Self.report(
            .cel,
            """
            [{"section": "s", "name": "right", "expr": "1 + 1", "value": {"int": "2"}},
             {"section": "s", "name": "wrong", "expr": "1 + 1", "value": {"int": "3"}},
             {"section": "s", "name": "type", "expr": "1 + 1", "value": {"uint": "2"}},
             {"section": "s", "name": "error", "expr": "1 / 0", "error": ["divide by zero"]},
             {"section": "s", "name": "none", "expr": "1 / 1", "error": ["divide by zero"]},
             {"section": "s", "name": "truth", "expr": "x == 1", "bindings": {"x": {"int": "1"}},
              "declares": ["name: \\"x\\" ident { type { primitive: INT64 } }"]},
             {"section": "s", "name": "message", "expr": "Thing{}", "value": {"bool": true}},
             {"section": "s", "name": "misspelt", "expr": "frobnicate(1)", "error": ["some error"]}]
            """)
        #expect(report.passed == ["s/right", "s/error", "s/truth"])
        #expect(report.failed.map(\.name) == ["s/wrong", "s/type", "s/none", "s/misspelt"])
        #expect(report.skipped.map(\.name) == ["s/message"])
        #expect(report.counts == "3 passed, 4 failed, 1 skipped")
    }

    @Test func saysWhatItDoesNotKnow() throws {
        let report = try Self.report(
            .cel,
            """
            [{"section": "s", "name": "key", "expr": "1", "oracle": 1},
             {"section": "s", "name": "value", "expr": "1", "value": {"matrix": []}},
             {"section": "s", "name": "bare", "expr": "1", "value": 1},
             {"section": "s", "name": "number", "expr": "1", "value": {"int": "one"}},
             {"section": "s", "name": "nothing"}, 7]
            """)
        #expect(report.passed.isEmpty)
        #expect(report.skipped.map(\.name) == ["s/key", "s/value"])
        #expect(report.skipped.first?.reason.contains("'oracle'") == true)
        #expect(report.failed.map(\.name) == ["s/bare", "s/number", "s/nothing", "?/?"])
    }

    @Test(arguments: ConformanceSuite.allCases, ["{}", "[", ""])
    func refusesOtherFiles(_ suite: ConformanceSuite, _ text: String) throws {
        let report = try Self.report(suite, text)
        #expect(report.failed.map(\.name) == ["the file"])
        #expect(report.counts == "0 passed, 1 failed, 0 skipped")
    }

    @Test func countsGroupsOfSchemas() throws {
        let report = try Self.report(
            .schema,
            """
            [{"description": "g", "schema": {"type": "string"}, "tests": [
               {"description": "right", "data": "", "valid": true}, {"description": "wrong", "data": 1, "valid": true},
               {"description": "odd", "data": 1}]},
             {"description": "far", "schema": {"$ref": "http://localhost:1234/a.json"}, "tests": [
               {"description": "t", "data": 1, "valid": true}]},
             {"description": "dialect", "schema": {"$schema": "urn:other"}, "tests": [
               {"description": "t", "data": 1, "valid": true}]},
             {"description": "broken", "schema": {"type": 7}, "tests": [{"description": "t", "data": 1, "valid": true}]},
             {"description": "empty"}]
            """)
        #expect(report.passed == ["g/right"])
        #expect(report.failed.map(\.name) == ["g/wrong", "g/odd", "broken/t", "empty"])
        #expect(report.skipped.map(\.name) == ["far/t", "dialect/t"])
    }

    @Test func readsRemotesThatAFolderBrings() throws {
        let report = try Self.report(
            .schema,
            """
            [{"description": "far", "schema": {"$ref": "http://localhost:1234/d/a.json#/$defs/b"}, "tests": [
               {"description": "valid", "data": "x", "valid": true},
               {"description": "invalid", "data": 1, "valid": false}]}]
            """,
            remotes: [
                "d/a.json": ##"{"$id": "urn:a", "$defs": {"b": {"$ref": "http://localhost:1234/c.json#name"}}}"##,
                "c.json": ##"{"$defs": {"x": {"$anchor": "name", "type": "string"}}}"##,
            ])
        #expect(report.counts == "2 passed, 0 failed, 0 skipped")
    }

    @Test(arguments: ["/nowhere/at/all", FileManager.default.currentDirectoryPath + "/Sources"])
    func refusesOtherFolders(_ path: String) {
        let error = #expect(throws: ConformanceError.self) { try ConformanceFolder(path) }
        #expect(error?.description.contains("'\(path)'") == true)
    }
}
