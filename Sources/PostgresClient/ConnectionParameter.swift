import CLibPQ

/// One keyword and value of libpq's connection parameters.
struct ConnectionParameter: Sendable, Equatable {
    let keyword: String
    let value: String

    /// Splits a URL or conninfo string, as libpq itself does.
    ///
    /// - Throws: `invalidConfiguration`, without the parts of the string that may be a password.
    static func parse(_ url: String) throws(PostgresError) -> [ConnectionParameter] {
        guard !url.isEmpty, !url.utf8.contains(0) else {
            throw PostgresConfiguration.invalid(
                "the connection URL is empty or has a zero byte, give postgresql://user@host:5432/database")
        }
        var report: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(report) }
        guard let options = PQconninfoParse(url, &report) else {
            let words = report.map { withoutQuotes(String(cString: $0)) } ?? "out of memory"
            throw PostgresConfiguration.invalid(
                "the connection URL cannot be read (\(words)), write postgresql://user@host:5432/database")
        }
        defer { PQconninfoFree(options) }
        return copy(options)
    }

    /// What libpq takes from the environment, the service file and its own defaults.
    static func defaults() -> [ConnectionParameter] {
        guard let options = PQconndefaults() else { return [] }
        defer { PQconninfoFree(options) }
        return copy(options)
    }

    private static func copy(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [ConnectionParameter] {
        var parameters: [ConnectionParameter] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                parameters.append(
                    ConnectionParameter(keyword: String(cString: keyword), value: String(cString: value)))
            }
            option += 1
        }
        return parameters
    }

    /// libpq quotes what it could not read, and a mistyped URL may put the password there.
    private static func withoutQuotes(_ report: String) -> String {
        let line = LibPQText.line(report)
        let namesKeyword = ["invalid connection option", "invalid URI query parameter"].contains { line.hasPrefix($0) }
        if namesKeyword { return line }
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.enumerated().map { $0.offset.isMultiple(of: 2) ? String($0.element) : "\"…\"" }.joined()
    }
}
