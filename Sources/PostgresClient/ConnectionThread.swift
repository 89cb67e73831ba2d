import CLibPQ
import Glibc

/// Starts the thread that is the home of one `PGconn`.
enum ConnectionThread {
    /// libpq and OpenSSL guard most of their writes, but not all: a broken connection must never end the process.
    private static let ignoreSIGPIPE: Void = {
        signal(SIGPIPE, SIG_IGN)
    }()

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Starts a detached thread that connects and serves the mailbox until it is closed or the connection breaks.
    ///
    /// - Throws: `connectionFailed` when the process may not have another thread.
    static func start(_ configuration: PostgresConfiguration, _ mailbox: ConnectionMailbox) throws(PostgresError) {
        _ = ignoreSIGPIPE
        let body = Body {
            ConnectionWorker(configuration, mailbox).run()
            mailbox.terminated.set(())
        }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, PostgresLimits.threadStackBytes)
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(body)
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                clibpq_name_thread("postgres")
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, retained.toOpaque())
        if status != 0 {
            retained.release()
            throw PostgresError(
                code: .connectionFailed,
                message: "no thread for a connection (error \(status)), raise the limit of threads")
        }
    }
}
