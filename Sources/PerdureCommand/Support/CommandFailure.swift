import AMQPClient
import LocalServers
import PostgresClient
import WorkflowBenchmark
import WorkflowMessaging
import WorkflowStore

/// Ends a command with one line on standard error that says what to do.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension CommandFailure {
    /// The error as its reader wants it: the sentence, without the code that programs branch on.
    static func readable(_ error: any Error) -> any Error {
        switch error {
        case let error as PostgresError: CommandFailure(error.message.asSentence)
        case let error as SchemaMigration.Failure: CommandFailure(error.message.asSentence)
        case let error as AMQPError: CommandFailure(error.message.asSentence)
        case let error as LocalServersError: CommandFailure(error.message.asSentence)
        case let error as RequestClient.Failure: CommandFailure(error.message)
        case let error as BenchmarkError: CommandFailure(error.message)
        default: error
        }
    }
}

extension String {
    /// The text with a capital at its start and a stop at its end.
    var asSentence: String {
        let text = prefix(1).uppercased() + dropFirst()
        return text.hasSuffix(".") || text.contains("\n") ? text : text + "."
    }
}
