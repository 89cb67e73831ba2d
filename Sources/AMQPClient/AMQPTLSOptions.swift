/// How an `amqps://` connection checks the broker and shows who it is. TLS 1.2 is the least accepted.
public struct AMQPTLSOptions: Sendable, Hashable {
    /// The bundle of trusted authorities that Debian and its relatives install.
    public static let systemCertificateFile = "/etc/ssl/certs/ca-certificates.crt"

    /// PEM file with the authorities that are trusted.
    public var caCertificateFile: String
    /// PEM file with this client's certificate chain, together with ``keyFile``.
    public var certificateFile: String?
    /// PEM file with the private key of ``certificateFile``, not encrypted.
    public var keyFile: String?
    /// Whether the broker's certificate must be signed by a trusted authority.
    public var verifyPeer: Bool
    /// Whether the broker's certificate must name the host of the URL. Connect by name rather than by IP address:
    /// librabbitmq before 0.14 does not match addresses reliably.
    public var verifyHostname: Bool

    /// Creates options; the defaults verify everything against the system's authorities.
    public init(
        caCertificateFile: String = AMQPTLSOptions.systemCertificateFile,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        verifyPeer: Bool = true,
        verifyHostname: Bool = true
    ) {
        self.caCertificateFile = caCertificateFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.verifyPeer = verifyPeer
        self.verifyHostname = verifyHostname
    }
}
