/// The five-character error code of the SQL standard and PostgreSQL (Appendix A of the PostgreSQL manual).
public struct PostgresSQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The five characters.
    public let rawValue: String

    /// A state by its five characters.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The five characters.
    public var description: String { rawValue }

    /// The first two characters, which name the class of the error.
    public var errorClass: String { String(rawValue.prefix(2)) }

    /// A statement uses something the server does not support; also a cached plan whose result type changed.
    public static let featureNotSupported = Self(rawValue: "0A000")
    /// A value is too long for its column.
    public static let stringDataRightTruncation = Self(rawValue: "22001")
    /// A number does not fit its type.
    public static let numericValueOutOfRange = Self(rawValue: "22003")
    /// A null went into a column that is not nullable.
    public static let notNullViolation = Self(rawValue: "23502")
    /// A referenced row is missing.
    public static let foreignKeyViolation = Self(rawValue: "23503")
    /// A unique index holds the value already.
    public static let uniqueViolation = Self(rawValue: "23505")
    /// A check constraint refused the row.
    public static let checkViolation = Self(rawValue: "23514")
    /// The server or the transaction is read-only, as on a standby.
    public static let readOnlyTransaction = Self(rawValue: "25006")
    /// An earlier statement of the open transaction failed.
    public static let inFailedTransaction = Self(rawValue: "25P02")
    /// A prepared statement is not known to the server.
    public static let invalidStatementName = Self(rawValue: "26000")
    /// The server does not let this user in.
    public static let invalidAuthorization = Self(rawValue: "28000")
    /// The password is wrong.
    public static let invalidPassword = Self(rawValue: "28P01")
    /// The database does not exist.
    public static let invalidCatalogName = Self(rawValue: "3D000")
    /// A serializable transaction must be run again.
    public static let serializationFailure = Self(rawValue: "40001")
    /// The server ended a deadlock by failing this transaction.
    public static let deadlockDetected = Self(rawValue: "40P01")
    /// The user lacks a privilege.
    public static let insufficientPrivilege = Self(rawValue: "42501")
    /// The SQL text is wrong.
    public static let syntaxError = Self(rawValue: "42601")
    /// A column does not exist.
    public static let undefinedColumn = Self(rawValue: "42703")
    /// A function does not exist.
    public static let undefinedFunction = Self(rawValue: "42883")
    /// A table does not exist.
    public static let undefinedTable = Self(rawValue: "42P01")
    /// The server has no free connection slot.
    public static let tooManyConnections = Self(rawValue: "53300")
    /// A lock asked for with NOWAIT or within lock_timeout was not free.
    public static let lockNotAvailable = Self(rawValue: "55P03")
    /// The statement ran into statement_timeout or was cancelled.
    public static let queryCanceled = Self(rawValue: "57014")
    /// An administrator ended the connection or shut the server down.
    public static let adminShutdown = Self(rawValue: "57P01")
    /// Another server process crashed and took this connection with it.
    public static let crashShutdown = Self(rawValue: "57P02")
    /// The server is starting, stopping or recovering.
    public static let cannotConnectNow = Self(rawValue: "57P03")
    /// The database was dropped under the connection.
    public static let databaseDropped = Self(rawValue: "57P04")

    /// Whether the same transaction can succeed when it is simply tried again: conflicts (class 40), lack of
    /// resources (53), shutdowns, broken connections (08), locks, and a prepared statement that was deallocated.
    public var isTransient: Bool {
        switch errorClass {
        case "08", "40", "53": true
        default:
            [.lockNotAvailable, .adminShutdown, .crashShutdown, .cannotConnectNow, .invalidStatementName].contains(self)
        }
    }

    /// What an operator can do about it, as the end of a sentence; nil when the server's own words suffice.
    var advice: String? {
        switch self {
        case .invalidPassword, .invalidAuthorization: "check the user name and password in the connection URL"
        case .invalidCatalogName: "create the database or correct its name in the connection URL"
        case .undefinedTable, .undefinedColumn, .undefinedFunction:
            "apply the database schema that belongs to this program"
        case .insufficientPrivilege: "grant the user this privilege"
        case .tooManyConnections: "raise max_connections on the server or use smaller pools"
        case .cannotConnectNow: "the server is starting or stopping; try again"
        case .readOnlyTransaction: "connect to the primary server (target_session_attrs=read-write)"
        case .serializationFailure, .deadlockDetected, .lockNotAvailable: "run the transaction again"
        default: nil
        }
    }
}
