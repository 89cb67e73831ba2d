import Logging

/// Puts what a coordinator logs into the trace.
struct TraceLogHandler: LogHandler {
    let process: SimulatedProcess
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(process: SimulatedProcess) {
        self.process = process
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard !process.isDead else { return }
        process.world.log("\(process.name) says: \(event.message)")
    }
}
