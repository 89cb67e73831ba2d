// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same bar: Swift 6 language mode, explicit existentials, warnings are errors.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let serviceLifecycleTestKit = Target.Dependency.product(
    name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// Arrows go down only: a room may depend on rooms listed above it, never on one below.
let package = Package(
    name: "perdure",
    products: [
        .executable(name: "perdure", targets: ["perdure"]),
        // For programs with agents of their own: the same command line as a function.
        .library(name: "PerdureCommand", targets: ["PerdureCommand", "WorkflowCore", "PerdureJSON"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    ],
    targets: [
        // The two C clients, as the system has them.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        // A setting of the C library's heap that its Swift module leaves out.
        .systemLibrary(name: "CHeap"),

        // Languages and data: pure, none of them knows what a workflow is.
        .target(name: "PerdureJSON", swiftSettings: strict),
        .target(name: "LinearRegex", swiftSettings: strict),
        .target(name: "CEL", dependencies: ["LinearRegex"], swiftSettings: strict),
        .target(
            name: "JSONSchema", dependencies: ["PerdureJSON", "LinearRegex"],
            resources: [.embedInCode("Resources")], swiftSettings: strict),
        .target(name: "TextAnalysis", swiftSettings: strict),
        .target(name: "Cron", swiftSettings: strict),

        // The core: definitions, decisions, the wire format, the ports. No IO, no clock, no randomness.
        .target(
            name: "WorkflowCore",
            dependencies: ["PerdureJSON", "CEL", "JSONSchema", "Cron", yams],
            swiftSettings: strict
        ),

        // The shells: PostgreSQL remembers, RabbitMQ delivers, agents work. They cannot see one another.
        .target(name: "PostgresClient", dependencies: ["CLibPQ"], swiftSettings: strict),
        .target(name: "AMQPClient", dependencies: ["CRabbitMQ"], swiftSettings: strict),
        .target(
            name: "WorkflowStore",
            dependencies: ["WorkflowCore", "PostgresClient", logging],
            resources: [.embedInCode("Resources")],
            swiftSettings: strict
        ),
        .target(
            name: "WorkflowMessaging",
            dependencies: ["WorkflowCore", "AMQPClient", "PerdureJSON", logging],
            swiftSettings: strict
        ),
        .target(name: "WorkflowAgents", dependencies: ["WorkflowCore", "TextAnalysis"], swiftSettings: strict),

        // The coordinator, over the ports.
        .target(
            name: "WorkflowRuntime",
            dependencies: ["WorkflowCore", "Cron", "PerdureJSON", deque, heap, logging, serviceLifecycle],
            swiftSettings: strict
        ),

        // Private servers for `perdure dev`, `make run` and the tests.
        .target(name: "LocalServers", dependencies: [logging], swiftSettings: strict),

        // What `perdure bench` measures, and how.
        .target(
            name: "WorkflowBenchmark",
            dependencies: [
                "WorkflowCore", "WorkflowStore", "WorkflowMessaging", "LocalServers", "AMQPClient", "PostgresClient",
                "PerdureJSON", logging,
            ],
            swiftSettings: strict
        ),

        // The command line as a library, and the one executable.
        .target(
            name: "PerdureCommand",
            dependencies: [
                "WorkflowCore", "WorkflowStore", "WorkflowMessaging", "WorkflowAgents", "WorkflowRuntime",
                "WorkflowBenchmark", "LocalServers", "AMQPClient", "PostgresClient", "PerdureJSON", "CHeap", "Cron",
                argumentParser,
                logging, serviceLifecycle, unixSignals, yams,
            ],
            resources: [.embedInCode("Resources")],
            swiftSettings: strict
        ),
        .executableTarget(name: "perdure", dependencies: ["PerdureCommand"], swiftSettings: strict),

        // The simulator: real coordinators in made-up worlds. No part of the product.
        .target(
            name: "WorkflowTestKit",
            dependencies: [
                "WorkflowCore", "WorkflowRuntime", "PerdureJSON", "TestSupport", heap, logging, serviceLifecycleTestKit,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "perdure-sim", dependencies: ["WorkflowTestKit", argumentParser], swiftSettings: strict),

        // The public suites that the languages are held to, and the program that counts. No part of the product.
        .target(
            name: "LanguageConformance", dependencies: ["CEL", "JSONSchema", "PerdureJSON"], swiftSettings: strict),
        .executableTarget(
            name: "perdure-conformance", dependencies: ["LanguageConformance", argumentParser],
            swiftSettings: strict),

        .target(name: "TestSupport", dependencies: ["Cron"], path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "PerdureJSONTests", dependencies: ["PerdureJSON", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "LinearRegexTests", dependencies: ["LinearRegex"], swiftSettings: strict),
        .testTarget(name: "CELTests", dependencies: ["CEL", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "JSONSchemaTests", dependencies: ["JSONSchema", "PerdureJSON"], swiftSettings: strict),
        .testTarget(name: "CronTests", dependencies: ["Cron"], exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "LanguageConformanceTests", dependencies: ["LanguageConformance", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "TextAnalysisTests", dependencies: ["TextAnalysis", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "PostgresClientTests", dependencies: ["PostgresClient", "LocalServers", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "WorkflowCoreTests", dependencies: ["WorkflowCore", "JSONSchema", "PerdureJSON", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "WorkflowRuntimeTests",
            dependencies: ["WorkflowRuntime", "WorkflowCore", "PerdureJSON", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "WorkflowMessagingTests",
            dependencies: [
                "WorkflowMessaging", "WorkflowCore", "AMQPClient", "PerdureJSON", "LocalServers", "TestSupport",
                logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WorkflowStoreTests",
            dependencies: [
                "WorkflowStore", "WorkflowCore", "WorkflowTestKit", "PostgresClient", "PerdureJSON", "LocalServers",
                "TestSupport", logging,
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(name: "WorkflowTestKitTests", dependencies: ["WorkflowTestKit"], swiftSettings: strict),
        .testTarget(
            name: "AMQPClientTests", dependencies: ["AMQPClient", "LocalServers", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "LocalServersTests", dependencies: ["LocalServers", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "WorkflowBenchmarkTests",
            dependencies: ["WorkflowBenchmark", "WorkflowCore", "PerdureJSON", "AMQPClient"], swiftSettings: strict),
        // Black box: runs the binary against real servers. Depends on it only so that it is built first.
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["perdure", "LocalServers", "AMQPClient", "PostgresClient", "PerdureJSON", "TestSupport"],
            swiftSettings: strict
        ),
        // The pages: their links, and their snippets run as a reader runs them. The example is a program in the README.
        .executableTarget(
            name: "DocumentationExample", dependencies: ["PerdureCommand", "PerdureJSON", "WorkflowCore"],
            path: "Tests/DocumentationExample", swiftSettings: strict),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "perdure", "DocumentationExample", "LocalServers", "JSONSchema", "PerdureJSON", "WorkflowCore",
                "TestSupport",
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
