import ArgumentParser
import Foundation
import PerdureJSON
import WorkflowCore

/// The flags that describe a request.
struct RequestOptions: ParsableArguments {
    @Argument(help: "The workflow's id.")
    var workflow: String

    @Option(help: ArgumentHelp("The input as JSON, @FILE, or - for standard input.", valueName: "json"))
    var input: String

    @Option(help: ArgumentHelp("The version; the newest unless given.", valueName: "number"))
    var version: Int?

    @Option(name: .customLong("id"), help: ArgumentHelp("The id that the execution shall have.", valueName: "uuid"))
    var executionID: String?

    @Option(help: ArgumentHelp("The idempotency key (message_id); the execution's id unless given.", valueName: "text"))
    var key: String?

    @Option(help: ArgumentHelp("0 to 9; 4 unless given. The higher goes first.", valueName: "number"))
    var priority: Int?

    @Option(help: ArgumentHelp("An object of your own, kept with the execution.", valueName: "json"))
    var metadata: String?

    /// The request, with an execution id in any case, so that it can be found afterwards.
    func request() throws -> ExecutionRequest {
        var id = SystemEnvironment.runtime.newExecutionID()
        if let executionID {
            guard let given = ExecutionID(executionID) else {
                throw CommandFailure("--id must be a UUID; found '\(executionID)'.")
            }
            id = given
        }
        if let priority, !(0...ExecutionRequest.highestPriority).contains(priority) {
            throw CommandFailure(
                "--priority must be a whole number from 0 to \(ExecutionRequest.highestPriority); found '\(priority)'.")
        }
        return ExecutionRequest(
            workflowID: workflow, version: version, input: try Self.json(input, flag: "--input"), executionID: id,
            priority: priority, metadata: try metadata.map { try Self.json($0, flag: "--metadata") } ?? .object([:]),
            idempotencyKey: key
        )
    }

    /// JSON from an argument, a file or standard input.
    static func json(_ argument: String, flag: String) throws -> JSONValue {
        let bytes: [UInt8]
        if argument == "-" {
            bytes = Array(FileHandle.standardInput.readDataToEndOfFile())
        } else if argument.hasPrefix("@") {
            guard let data = FileManager.default.contents(atPath: String(argument.dropFirst())) else {
                throw CommandFailure("\(flag): the file \(argument.dropFirst()) cannot be read.")
            }
            bytes = Array(data)
        } else {
            bytes = Array(argument.utf8)
        }
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw CommandFailure("\(flag) is not JSON: \(error)")
        }
    }
}
