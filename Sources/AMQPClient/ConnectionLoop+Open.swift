import CRabbitMQ
import Glibc

extension ConnectionLoop {
    /// Seconds over two heartbeats that the watchdog grants a call.
    private static let watchdogSlack = Duration.seconds(2)

    /// TCP, TLS, the AMQP handshake and the channel, each within the configured limit.
    func connect() throws(AMQPError) {
        guard let connection = amqp_new_connection() else {
            throw AMQPError(code: .systemError, message: "No memory for an AMQP connection; free some.")
        }
        self.connection = connection
        let socket = try makeSocket(connection)
        var limit = configuration.connectTimeout.timeValue
        try checkOpen(amqp_socket_open_noblock(socket, configuration.host, Int32(configuration.port), &limit))
        amqp_set_handshake_timeout(connection, &limit)
        amqp_set_rpc_timeout(connection, &limit)
        try login(connection)

        amqp_channel_open(connection, WireLimits.channel)
        try checkReply(amqp_get_rpc_reply(connection), while: "opening a channel")
        amqp_maybe_release_buffers(connection)

        descriptor = amqp_get_sockfd(connection)
        let heartbeat = Duration.seconds(max(1, Int(amqp_get_heartbeat(connection))))
        heartbeatNanoseconds = heartbeat.nanoseconds
        receivedAt = MonotonicTime.now()
        // No TCP_USER_TIMEOUT: it also ends a connection whose peer keeps its window shut, which is what a broker does
        // during an alarm. A vanished peer is found by heartbeats while reading, by the watchdog while writing.
        guard mailbox.watch(descriptor: descriptor, stuckLimit: heartbeat * 2 + ConnectionLoop.watchdogSlack) else {
            throw AMQPError(code: .systemError, message: "No file descriptor is left; raise the limit (ulimit -n).")
        }
        if mailbox.isAborted { throw .cancelled("Opening a connection") }
        ConnectionWatchdog.shared.add(mailbox)
        mailbox.reportOpened(.init(frameBytes: Int(amqp_get_frame_max(connection)), heartbeat: heartbeat))
    }

    private func makeSocket(_ connection: amqp_connection_state_t) throws(AMQPError) -> OpaquePointer {
        guard let tls = configuration.tls else {
            guard let socket = amqp_tcp_socket_new(connection) else {
                throw AMQPError(code: .systemError, message: "No memory for a socket; free some.")
            }
            return socket
        }
        guard let socket = amqp_ssl_socket_new(connection) else {
            throw AMQPError(code: .systemError, message: "OpenSSL could not be initialised; check its installation.")
        }
        amqp_ssl_socket_set_verify_peer(socket, tls.verifyPeer ? 1 : 0)
        amqp_ssl_socket_set_verify_hostname(socket, tls.verifyHostname ? 1 : 0)
        // librabbitmq 0.11 by itself still offers TLS 1.0.
        guard amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) == 0 else {
            throw AMQPError(code: .systemError, message: "OpenSSL offers no TLS 1.2; install a newer one.")
        }
        if tls.verifyPeer, amqp_ssl_socket_set_cacert(socket, tls.caCertificateFile) != 0 {
            throw .configuration("the CA file \(tls.caCertificateFile) cannot be read as PEM")
        }
        if let certificate = tls.certificateFile, let key = tls.keyFile,
            amqp_ssl_socket_set_key(socket, certificate, key) != 0
        {
            throw .configuration("the client certificate \(certificate) or its key \(key) cannot be read as PEM")
        }
        return socket
    }

    private func login(_ connection: amqp_connection_state_t) throws(AMQPError) {
        // Without these capabilities the broker stays silent about alarms and about consumers it has ended.
        var properties: AMQPTable = [
            "product": "AMQPClient for Swift",
            "capabilities": [
                "connection.blocked": true, "consumer_cancel_notify": true, "publisher_confirms": true,
                "basic.nack": true,
            ],
        ]
        if let name = configuration.connectionName { properties["connection_name"] = .string(name) }
        var table = try arena.table(properties)
        defer { arena.recycle() }
        let heartbeatSeconds = Int32(clamping: max(1, configuration.heartbeat.nanoseconds / 1_000_000_000))
        let reply = crabbit_login(
            connection, configuration.virtualHost, Int32(WireLimits.frameBytes), heartbeatSeconds, &table,
            configuration.user, configuration.password)
        try checkReply(reply, while: "logging in as '\(configuration.user)'", isLogin: true)
    }

    private func checkOpen(_ status: Int32) throws(AMQPError) {
        guard status < 0 else { return }
        let address = configuration.address
        let text = String(cString: amqp_error_string2(status))
        let advice =
            switch status {
            case CRABBIT_HOST_UNKNOWN: "correct the host name"
            case CRABBIT_TIMEOUT: "it did not answer within \(configuration.connectTimeout); check network and firewall"
            case Int32(AMQP_STATUS_SSL_PEER_VERIFY_FAILED.rawValue), Int32(AMQP_STATUS_SSL_CONNECTION_FAILED.rawValue):
                "TLS failed; check that the port speaks TLS and that cacertfile holds the authority of its certificate"
            case Int32(AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED.rawValue):
                "its certificate names another host; connect by the name in the certificate"
            default: "check that the broker is running and that the address is right"
            }
        throw AMQPError(
            code: .connectionFailed, message: "Cannot connect to the broker \(address): \(advice).", underlying: text)
    }

    private func checkReply(
        _ reply: amqp_rpc_reply_t, while action: String, isLogin: Bool = false
    ) throws(AMQPError) {
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            guard let decoded = reply.reply.decoded else { break }
            let (code, text): (UInt16, String)
            if reply.reply.id == CRABBIT_CONNECTION_CLOSE {
                let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
                (code, text) = (close.reply_code, WireReader.string(close.reply_text))
            } else {
                let close = decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
                (code, text) = (close.reply_code, WireReader.string(close.reply_text))
            }
            if isLogin, Int(code) == AMQPError.Reply.accessRefused {
                throw AMQPError(
                    code: .authenticationFailed, replyCode: Int(code),
                    message: "The broker \(configuration.address) refused the login of user '\(configuration.user)'; "
                        + "check user and password.", underlying: text)
            }
            throw .closedByBroker(
                scope: .connectionFailed, replyCode: Int(code), text: text, address: configuration.address,
                action: action)
        default: break
        }
        let text = String(cString: amqp_error_string2(reply.library_error))
        throw AMQPError(
            code: reply.library_error == CRABBIT_BAD_DATA ? .protocolError : .connectionFailed,
            message: "The broker \(configuration.address) did not complete \(action); check that it speaks AMQP 0.9.1 "
                + "there and is not overloaded.", underlying: text)
    }
}
