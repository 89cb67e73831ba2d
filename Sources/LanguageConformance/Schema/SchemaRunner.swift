import JSONSchema
import PerdureJSON

/// Runs cases of the JSON-Schema-Test-Suite: groups of a schema with instances, and whether each is valid.
struct SchemaRunner {
    /// Documents that schemas may refer to, by their address.
    let remotes: [String: JSONValue]

    /// As the specification has it where it differs from what authors of workflows are served with.
    private static let options: JSONSchema.Options = {
        var options = JSONSchema.Options()
        options.formatIsAssertion = false
        options.ignoresUnknownKeywords = true
        return options
    }()

    func run(_ groups: [JSONValue]) -> ConformanceReport {
        var report = ConformanceReport()
        for group in groups {
            let name = group["description"]?.stringValue ?? "?"
            guard let schema = group["schema"], let tests = group["tests"]?.arrayValue else {
                report.add(name, .failed("the group has no 'schema' or no list of 'tests'"))
                continue
            }
            let compiled = Result { () throws(JSONSchemaError) in
                try JSONSchema(schema, options: Self.options, documents: remotes)
            }
            for test in tests {
                report.add("\(name)/\(test["description"]?.stringValue ?? "?")", outcome(of: test, compiled))
            }
        }
        return report
    }

    private func outcome(
        of test: JSONValue, _ schema: Result<JSONSchema, JSONSchemaError>
    ) -> ConformanceReport.Outcome {
        guard let data = test["data"], let expected = test["valid"]?.boolValue else {
            return .failed("the test has no 'data', or a 'valid' that is neither true nor false")
        }
        switch schema {
        case .success(let schema):
            let violations = schema.validate(data)
            guard violations.isEmpty == expected else {
                let found = violations.first.map { "found invalid: \($0.message)" } ?? "found valid"
                return .failed(found)
            }
            guard schema.accepts(data) == expected else {
                return .failed("the two ways of validating do not agree")
            }
            return .passed
        case .failure(let error) where error.code == .remoteReference || error.code == .unsupportedDialect:
            return .skipped("a definition with it is refused when it loads: \(error.message)")
        case .failure(let error):
            return .failed("the schema does not compile: \(error)")
        }
    }
}
