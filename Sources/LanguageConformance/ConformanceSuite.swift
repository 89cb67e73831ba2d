import PerdureJSON

/// A public suite of cases that one of the languages is held to.
public enum ConformanceSuite: String, CaseIterable, Sendable {
    /// The cases of google/cel-spec, as JSON.
    case cel
    /// The JSON-Schema-Test-Suite, draft 2020-12.
    case schema

    /// Runs every case of a folder's files; the files in the order of their names.
    public func run(_ folder: ConformanceFolder) -> [(file: String, report: ConformanceReport)] {
        folder.files.map { file in
            do throws(ConformanceError) {
                return (file, run(try folder.read(file), remotes: folder.remotes))
            } catch {
                return (file, Self.unusable(error))
            }
        }
    }

    /// Runs every case of a file. A file that is not a list of cases is one failure, which says so.
    func run(_ bytes: [UInt8], remotes: [String: JSONValue]) -> ConformanceReport {
        let file: JSONValue
        do throws(JSONError) {
            file = try JSONValue(parsing: bytes)
        } catch {
            return Self.unusable(ConformanceError("It is not JSON: \(error)"))
        }
        guard let cases = file.arrayValue else {
            return Self.unusable(ConformanceError("It is not a list of cases."))
        }
        switch self {
        case .cel: return CELRunner.run(cases)
        case .schema: return SchemaRunner(remotes: remotes).run(cases)
        }
    }

    private static func unusable(_ error: ConformanceError) -> ConformanceReport {
        var report = ConformanceReport()
        report.add("the file", .failed("\(error)"))
        return report
    }
}
