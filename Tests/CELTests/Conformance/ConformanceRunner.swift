import CEL
import FoundationEssentials

/// What a conformance file came to.
struct ConformanceReport {
    struct Entry: CustomStringConvertible {
        let name: String
        let reason: String
        var description: String { "\(name): \(reason)" }
    }

    var passed: [String] = []
    var failed: [Entry] = []
    var skipped: [Entry] = []
}

/// Runs the cases of a conformance file. It reads nothing but the bytes it is given.
enum ConformanceRunner {
    private enum Outcome {
        case passed
        case failed(String)
        case skipped(String)
    }

    /// Runs every case of a file.
    static func run(file bytes: [UInt8]) throws -> ConformanceReport {
        let cases = try JSONDecoder().decode([ConformanceCase].self, from: Data(bytes))
        var report = ConformanceReport()
        for item in cases {
            let name = "\(item.section)/\(item.name)"
            switch try run(item) {
            case .passed: report.passed.append(name)
            case .failed(let reason): report.failed.append(.init(name: name, reason: reason))
            case .skipped(let reason): report.skipped.append(.init(name: name, reason: reason))
            }
        }
        return report
    }

    private static func run(_ item: ConformanceCase) throws -> Outcome {
        var variables: [String: CELType] = [:]
        var functions: [CELFunction] = []
        for declaration in item.declares ?? [] {
            guard try TypeDeclaration.declare(declaration, in: &variables, &functions) else {
                return .skipped("needs protobuf messages")
            }
        }
        var values: [String: CELValue] = [:]
        for (name, value) in item.bindings ?? [:] { values[name] = try value.bound() }
        let environment = CELEnvironment(
            variables: variables, functions: functions, container: item.container ?? "")
        let program: CELProgram
        do throws(CELError) {
            program =
                item.disableCheck == true
                ? try CELProgram(unchecked: item.expr, environment: environment)
                : try CELProgram(item.expr, environment: environment)
        } catch {
            if error.message.hasPrefix("Message literals") { return .skipped("needs protobuf messages") }
            return .failed("does not compile: \(error)")
        }
        if let expected = item.deducedType {
            guard let type = TypeDeclaration.type(try TextMessage(expected)) else {
                return .skipped("needs protobuf messages")
            }
            guard type == program.resultType else { return .failed("deduced \(program.resultType), expected \(type)") }
        }
        return item.checkOnly == true ? .passed : try evaluate(program, item, values)
    }

    private static func evaluate(
        _ program: CELProgram, _ item: ConformanceCase, _ values: [String: CELValue]
    ) throws -> Outcome {
        let result: CELValue
        do throws(CELError) {
            result = try program.evaluate(CELDictionaryActivation(values))
        } catch {
            return item.error != nil ? .passed : .failed("error \(error)")
        }
        guard let expected = item.value else { return .failed("gave \(result), expected an error") }
        return try expected.isSame(as: result) ? .passed : .failed("gave \(result)")
    }
}
