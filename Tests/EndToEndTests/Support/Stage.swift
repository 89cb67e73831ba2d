import AMQPClient
import Foundation
import Glibc
import LocalServers
import PerdureJSON
import PostgresClient
import Synchronization
import TestSupport
import Testing

/// One test's part of the shared servers: a database, a prefix, a folder, and everything that it starts.
final class Stage: Sendable {
    /// A text in which both agents find something, short because debug builds are slow.
    static let text = "Ada Lovelace met Charles Babbage in London on 5 June 1833. They spoke about engines."

    let servers: LocalServers
    let prefix: String
    let database: String
    let directory: String
    let databaseURL: String
    let amqpURL: String
    let publisher: AMQPPublisher
    private let publishing: Task<Void, Never>
    private let processes = Mutex<[Binary]>([])
    private let inboxes = Mutex<[Inbox]>([])

    /// Runs a test on a stage of its own and clears the stage away, whatever happened.
    static func run(_ name: String, migrates: Bool = true, _ test: (Stage) async throws -> Void) async throws {
        let stage = try await Stage(name)
        do {
            if migrates {
                let outcome = try await stage.perdure("migrate")
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            try await test(stage)
        } catch {
            stage.printLogs()
            await stage.clear()
            throw error
        }
        await stage.clear()
    }

    private init(_ name: String) async throws {
        servers = try await Janitor.servers()
        let unique = "\(name)_\(String(UInt32.random(in: .min ... .max), radix: 16))"
        prefix = "e2e-\(unique)"
        database = unique
        directory = try Janitor.directory(unique)
        try await servers.psql("CREATE DATABASE \"\(unique)\"")
        let base = try #require(servers.databaseURL)
        databaseURL = base.replacing(/\/[^\/]*$/, with: "/\(unique)")
        amqpURL = try #require(servers.amqpURL)
        let publisher = AMQPPublisher(configuration: try Self.broker(amqpURL, name: "e2e publisher"))
        self.publisher = publisher
        publishing = Task { await publisher.run() }
    }

    // MARK: - The binary

    var environment: [String: String] {
        [
            "DATABASE_URL": databaseURL, "AMQP_URL": amqpURL, "PERDURE_AMQP_PREFIX": prefix,
            "PERDURE_WORKFLOWS_DIRECTORY": Binary.packageFolder + "/config/workflows",
        ]
    }

    /// Starts the binary.
    func start(_ arguments: [String], _ more: [String: String] = [:]) throws -> Binary {
        let process = try Binary(arguments, environment: environment.merging(more) { $1 }, directory: directory)
        processes.withLock { $0.append(process) }
        return process
    }

    /// Runs the binary to its end.
    func perdure(_ arguments: String..., with more: [String: String] = [:]) async throws -> Binary.Outcome {
        try await start(arguments, more).outcome()
    }

    /// Runs the binary to its end, which must come at once: it may wait for nothing and try nothing again.
    ///
    /// What "at once" is depends on the machine, so the time is measured against that of a command that asks nobody.
    func perdureAtOnce(
        _ arguments: [String], _ more: [String: String] = [:], _ location: SourceLocation = #_sourceLocation
    ) async throws -> Binary.Outcome {
        let clock = ContinuousClock()
        let quickest = try await clock.measure { _ = try await perdure("config") }
        let began = clock.now
        let outcome = try await start(arguments, more).outcome()
        let limit = Duration.seconds(5) + quickest * 20
        #expect(clock.now - began < limit, "\(arguments.joined(separator: " "))", sourceLocation: location)
        return outcome
    }

    /// Starts a coordinator and waits until it works.
    func serve(_ more: [String: String] = [:]) async throws -> Binary {
        let process = try start(["serve"], more)
        try await process.waitForLog("the coordinator is ready")
        try await process.waitForLog("(requests)")
        try await process.waitForLog("(control)")
        return process
    }

    /// A folder with these definitions.
    func workflows(_ files: [String: String]) throws -> String {
        let folder = "\(directory)/workflows-\(UInt32.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
        return folder
    }

    // MARK: - The broker

    var broker: AMQPConfiguration {
        get throws { try Self.broker(amqpURL, name: "e2e") }
    }

    private static func broker(_ url: String, name: String) throws -> AMQPConfiguration {
        try AMQPConfiguration(
            url: url, connectionName: name, connectTimeout: Patience.limit, operationTimeout: Patience.limit)
    }

    /// Publishes and insists that a queue has taken it.
    func publish(_ messages: [AMQPMessage]) async throws {
        let outcomes = try await publisher.publish(messages, mandatory: true)
        for outcome in outcomes { try #require(outcome.isConfirmed, "\(outcome)") }
    }

    /// A request as another service would send it.
    func request(
        _ workflow: String = "document_analysis", input: JSONValue = ["text": .string(Stage.text)], id: String? = nil,
        messageID: String? = nil, replyTo: String? = nil, correlationID: String? = nil, headers: AMQPTable = [:]
    ) -> AMQPMessage {
        var body: JSONObject = ["workflow_id": .string(workflow), "input": input]
        if let id { body["execution_id"] = .string(id) }
        return raw(
            JSONValue.object(body).jsonBytes, key: workflow, messageID: messageID, replyTo: replyTo,
            correlationID: correlationID, headers: headers
        )
    }

    /// Any bytes to the exchange of requests.
    func raw(
        _ body: [UInt8], key: String = "any", messageID: String? = nil, replyTo: String? = nil,
        correlationID: String? = nil, headers: AMQPTable = [:]
    ) -> AMQPMessage {
        AMQPMessage(
            exchange: "\(prefix).requests", routingKey: key,
            properties: AMQPProperties(
                contentType: "application/json", headers: headers, correlationID: correlationID, replyTo: replyTo,
                messageID: messageID, appID: "e2e"
            ),
            body: body
        )
    }

    /// Reads a queue of its own: durable, so that it outlives the broker's restart.
    func inbox(_ name: String, boundTo key: String? = nil) async throws -> Inbox {
        let queue = "\(prefix).test.\(name)"
        let exchange = "\(prefix).events"
        return keep(
            try await Inbox.open(try broker, queue: queue) { connection in
                _ = try await connection.declareQueue(queue)
                if let key { try await connection.bindQueue(queue, to: exchange, routingKey: key) }
                return queue
            })
    }

    /// Reads a queue that is there.
    func reader(_ queue: String, arguments: AMQPTable = [:]) async throws -> Inbox {
        keep(try await Inbox.open(try broker, queue: queue, arguments: arguments))
    }

    private func keep(_ inbox: Inbox) -> Inbox {
        inboxes.withLock { $0.append(inbox) }
        return inbox
    }

    // MARK: - The database

    /// A connection for the test itself, which waits for a slow server.
    func connect() async throws -> PostgresConnection {
        try await PostgresConnection.connect(
            PostgresConfiguration(url: databaseURL, connectTimeout: Patience.limit))
    }

    /// The rows of a query as text.
    func sql(_ text: String) async throws -> [[String?]] {
        let connection = try await connect()
        do {
            let rows = try await connection.queryText(text).rows
            await connection.close()
            return rows
        } catch {
            await connection.close()
            throw error
        }
    }

    /// A number.
    func number(_ text: String) async throws -> Int {
        try #require(try await sql(text).first?.first.flatMap { $0 }.flatMap { Int($0) }, "\(text)")
    }

    /// Waits until so many executions have ended in a status.
    func waitFor(_ count: Int, _ status: String = "SUCCESS") async throws {
        let query = "SELECT count(*) FROM executions WHERE status = '\(status)'"
        do {
            // A database that is away at this moment is no answer.
            try await eventually("\(count) in \(status)", every: .milliseconds(100)) {
                (try? await number(query)) ?? 0 >= count
            }
        } catch {
            let found = (try? await sql("SELECT status, count(*) FROM executions GROUP BY 1")) ?? []
            throw Timeout(description: "\(error); found \(found)")
        }
    }

    // MARK: - The end

    private func printLogs() {
        for process in processes.withLock({ $0 }) {
            print("--- process \(process.pid), status \(process.exitStatus.map(String.init) ?? "running")")
            print(process.errors.suffix(4000))
        }
    }

    private func clear() async {
        for inbox in inboxes.withLock({ $0 }) { await inbox.close() }
        for process in processes.withLock({ $0 }) where process.exitStatus == nil {
            kill(process.pid, SIGKILL)
            _ = try? await process.outcome()
        }
        publishing.cancel()
        await publishing.value
        if let broker = try? broker, let connection = try? await AMQPConnection.open(broker) {
            for queue in ["requests", "control", "events.log", "dead"]
                + inboxes.withLock({ $0.map { $0.queue } }).map({ String($0.dropFirst(prefix.count + 1)) })
            {
                _ = try? await connection.deleteQueue("\(prefix).\(queue)")
            }
            for exchange in ["requests", "control", "events", "dead"] {
                try? await connection.deleteExchange("\(prefix).\(exchange)")
            }
            await connection.close()
        }
        _ = try? await servers.psql("DROP DATABASE IF EXISTS \"\(database)\" WITH (FORCE)")
    }
}

extension AMQPDelivery {
    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONValue(parsing: body) }
    }

    func header(_ name: String) -> String? { properties.headers[name]?.stringValue }
}
