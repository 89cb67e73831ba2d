import Testing

@testable import LocalServers

/// The definitions file that ships for brokers where the runtime may not declare.
@Suite struct DefinitionsTests {
    @Test func `a blank node imports the shipped definitions with the right kinds, bindings and policies`() async throws
    {
        let scratch = try Scratch("definitions")
        var configuration = scratch.configuration(postgres: false)
        configuration.definitionsFile = "\(packageFolder)/config/rabbitmq/definitions.json"
        let servers = try await LocalServers.start(configuration)

        let queues = try await rows(servers, ["list_queues", "name", "type", "durable", "policy"])
        let guarded = "workflow-no-loss"
        #expect(
            queues == [
                ["workflow.control", "quorum", "true", guarded],
                ["workflow.dead", "quorum", "true", "workflow-dead-stays"],
                ["workflow.events.log", "stream", "true", "workflow-events-retention"],
                ["workflow.requests", "quorum", "true", guarded], ["workflow.results", "quorum", "true", guarded],
            ])
        let exchanges = try await rows(servers, ["list_exchanges", "name", "type", "durable"])
        #expect(
            exchanges.filter { $0[0].hasPrefix("workflow.") } == [
                ["workflow.control", "topic", "true"], ["workflow.dead", "topic", "true"],
                ["workflow.events", "topic", "true"], ["workflow.requests", "topic", "true"],
                ["workflow.tasks", "direct", "true"],
            ])
        let bindings = try await rows(servers, ["list_bindings", "source_name", "destination_name", "routing_key"])
        #expect(
            bindings.filter { !$0[0].isEmpty } == [
                ["workflow.control", "workflow.control", "#"], ["workflow.dead", "workflow.dead", "#"],
                ["workflow.events", "workflow.events.log", "#"], ["workflow.requests", "workflow.requests", "#"],
            ])
        let login = try await servers.rabbitmqctl(["authenticate_user", "workflow", "workflow"])
        #expect(login.contains("Success"))
        // A second import changes nothing and is no error, so the file may be applied to a node that has it.
        let file = try #require(configuration.definitionsFile)
        try await servers.rabbitmqctl(["import_definitions", file])
        #expect(try await rows(servers, ["list_queues", "name", "type", "durable", "policy"]) == queues)
        await servers.stop()
    }

    /// The rows of a listing without its heading, sorted.
    private func rows(_ servers: LocalServers, _ arguments: [String]) async throws -> [[String]] {
        let text = try await servers.rabbitmqctl(["-q"] + arguments)
        let lines = text.split(separator: "\n").dropFirst()
        return lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
            .sorted { $0.joined(separator: "\t") < $1.joined(separator: "\t") }
    }
}
