import ArgumentParser
import PerdureJSON
import WorkflowCore
import WorkflowMessaging

struct Submit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish a request; the broker has it on disk when this returns."
    )

    @OptionGroup var options: SettingsOptions
    @OptionGroup var request: RequestOptions

    @Flag(help: "Wait for the result and print it.")
    var wait = false

    @Option(help: ArgumentHelp("How long to wait for the result.", valueName: "seconds"))
    var timeout = 300

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let settings = try options.settings()
        let request = try request.request()
        if wait {
            try await Run.execute(request, settings, timeout: timeout)
            return
        }
        try await RequestClient(settings, command: "submit").submit(request)
        let id = request.executionID?.description ?? ""
        let key = request.idempotencyKey ?? id
        print(
            json
                ? JSONValue.object(["execution_id": .string(id), "message_id": .string(key)]).jsonText
                : "Submitted \(id); follow it with `perdure show \(id)`."
        )
    }
}
