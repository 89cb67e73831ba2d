import CEL
import PerdureJSON

/// Runs cases of google/cel-spec.
enum CELRunner {
    /// Protobuf is no part of this implementation; neither are its messages as values, nor its enumerations.
    private static let needsProtobuf = ConformanceReport.Outcome.skipped(
        "it needs protobuf messages or enumerations, which are not offered")
    /// Namespaces of messages that the cases are written against.
    private static let protobufPackages = ["cel.expr.conformance", "google.protobuf"]

    static func run(_ cases: [JSONValue]) -> ConformanceReport {
        var report = ConformanceReport()
        for json in cases {
            let outcome: ConformanceReport.Outcome
            do {
                outcome = try run(CELCase(json))
            } catch let unknown as UnknownForm {
                outcome = .skipped("it has \(unknown.what), which this runner does not know")
            } catch {
                outcome = .failed("it cannot be run: \(error)")
            }
            report.add(CELCase.name(of: json), outcome)
        }
        return report
    }

    private static func run(_ item: CELCase) throws -> ConformanceReport.Outcome {
        var variables: [String: CELType] = [:]
        var functions: [CELFunction] = []
        for declaration in item.declarations {
            guard try TypeDeclaration.declare(declaration, in: &variables, &functions) else { return needsProtobuf }
        }
        var values: [String: CELValue] = [:]
        for binding in item.bindings { values[binding.name] = try binding.value.bound() }
        let environment = CELEnvironment(variables: variables, functions: functions, container: item.container)
        let program: CELProgram
        do throws(CELError) {
            program =
                item.isChecked
                ? try CELProgram(item.expression, environment: environment)
                : try CELProgram(unchecked: item.expression, environment: environment)
        } catch {
            let isProtobuf = protobufPackages.contains { item.container.hasPrefix($0) }
            if error.code == .messageLiteral || isProtobuf { return needsProtobuf }
            // A malformed literal argument shows when the expression is checked and not only when it is evaluated.
            if case .error = item.expectation, error.code == .invalidArgument { return .passed }
            return .failed("it does not compile: \(error)")
        }
        if let expected = item.deducedType {
            guard let type = TypeDeclaration.type(try TextMessage(expected)) else { return needsProtobuf }
            guard type == program.resultType else {
                return .failed("the check finds the type \(program.resultType) instead of \(type)")
            }
        }
        return item.isEvaluated ? try evaluate(program, item, values) : .passed
    }

    private static func evaluate(
        _ program: CELProgram, _ item: CELCase, _ values: [String: CELValue]
    ) throws -> ConformanceReport.Outcome {
        let result: CELValue
        do throws(CELError) {
            result = try program.evaluate(CELDictionaryActivation(values))
        } catch {
            if case .error = item.expectation { return .passed }
            return .failed("it ends with an error: \(error)")
        }
        switch item.expectation {
        case .error: return .failed("it gives \(result) instead of an error")
        case .value(let expected): return try expected.isSame(as: result) ? .passed : .failed("it gives \(result)")
        }
    }
}
