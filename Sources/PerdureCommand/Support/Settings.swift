import Foundation
import Logging
import Yams

/// The settings in force: from flags, then the environment, then `.env`, then `config/perdure.yaml`, then a `perdure
/// dev` that runs here, then the defaults.
struct Settings: Sendable {
    /// A value and where it came from.
    struct Entry: Sendable {
        let value: String
        let source: String
    }

    /// The file that settings come from unless `--config` names another.
    static let standardFile = "config/perdure.yaml"

    private(set) var entries: [SettingKey: Entry] = [:]

    /// - Throws: `CommandFailure` for a file that cannot be read or a key that does not exist.
    init(flags: [SettingKey: String], configFile: String?) throws {
        let environment = ProcessInfo.processInfo.environment
        let dotEnv = try Self.dotEnv(".env")
        let file = try Self.yaml(configFile ?? Self.standardFile, mustExist: configFile != nil)
        for key in SettingKey.allCases {
            let name = key.environmentName
            if let value = flags[key] {
                entries[key] = Entry(value: value, source: "flag")
            } else if let value = environment[name], !value.isEmpty {
                entries[key] = Entry(value: value, source: name)
            } else if let path = environment[name + "_FILE"], !path.isEmpty {
                entries[key] = Entry(value: try Self.secret(path, name + "_FILE"), source: name + "_FILE")
            } else if let value = dotEnv[name], !value.isEmpty {
                entries[key] = Entry(value: value, source: ".env")
            } else if let path = dotEnv[name + "_FILE"], !path.isEmpty {
                entries[key] = Entry(value: try Self.secret(path, name + "_FILE"), source: ".env")
            } else if let value = file[key] {
                entries[key] = Entry(value: value, source: configFile ?? Self.standardFile)
            }
        }
        let directory = entries[.dataDirectory]?.value ?? SettingKey.dataDirectory.standard
        if let running = DevEndpoints.running(in: directory) {
            for (key, value) in [(SettingKey.databaseURL, running.databaseURL), (.amqpURL, running.amqpURL)]
            where entries[key] == nil {
                entries[key] = Entry(value: value, source: "perdure dev (process \(running.process))")
            }
        }
    }

    /// Whether a value was given, rather than the default.
    func isSet(_ key: SettingKey) -> Bool { entries[key] != nil }

    /// Sets a value from within the program.
    mutating func set(_ key: SettingKey, _ value: String, source: String) {
        entries[key] = Entry(value: value, source: source)
    }

    subscript(key: SettingKey) -> String { entries[key]?.value ?? key.standard }

    /// Where a value came from.
    func source(_ key: SettingKey) -> String { entries[key]?.source ?? "default" }

    /// The value with the password of a URL masked.
    func masked(_ key: SettingKey) -> String {
        let value = self[key]
        guard key == .databaseURL || key == .amqpURL else { return value }
        if let scheme = value.range(of: "://"), let at = value.range(of: "@", options: .backwards),
            let colon = value.range(of: ":", range: scheme.upperBound..<at.lowerBound)
        {
            return String(value[..<colon.upperBound]) + "****" + String(value[at.lowerBound...])
        }
        return value.replacing(/(password=)('[^']*'|\S+)/) { "\($0.output.1)****" }
    }

    /// A whole number of at least 1.
    func integer(_ key: SettingKey, upTo limit: Int = 1_000_000) throws -> Int {
        guard let value = Int(self[key]), (1...limit).contains(value) else {
            throw CommandFailure(
                "The setting \(key.rawValue) must be a whole number from 1 to \(limit); found '\(self[key])'.")
        }
        return value
    }

    /// A duration such as `500ms`, `6s` or `1m`.
    func duration(_ key: SettingKey) throws -> Duration {
        let text = self[key]
        for (suffix, milliseconds) in [("ms", 1.0), ("s", 1000.0), ("m", 60_000.0)] where text.hasSuffix(suffix) {
            if let number = Double(text.dropLast(suffix.count)), number > 0, number < 1e9 {
                return .milliseconds(Int64(number * milliseconds))
            }
        }
        throw CommandFailure("The setting \(key.rawValue) must be a duration such as 500ms, 6s or 1m; found '\(text)'.")
    }

    /// Numbers by the names of agents, such as `summarize=4,other=10`; `none` for none.
    ///
    /// - Parameter agents: The names there are.
    func agentLimits(agents: Set<String>) throws -> [String: Int] {
        let key = SettingKey.agentLimits
        var limits: [String: Int] = [:]
        guard self[key] != key.standard else { return limits }
        for item in self[key].split(separator: ",") {
            let parts = item.split(separator: "=", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, let limit = Int(parts[1]), (1...1_000_000).contains(limit) else {
                throw CommandFailure(
                    "The setting \(key.rawValue) gives agents whole numbers from 1, e.g. summarize=4; found '\(item)'.")
            }
            guard agents.contains(parts[0]) else {
                throw CommandFailure(
                    "The setting \(key.rawValue) names an agent that is not registered: '\(parts[0])'; there is "
                        + "\(agents.sorted().joined(separator: ", ")).")
            }
            limits[parts[0]] = limit
        }
        return limits
    }

    // MARK: - Sources

    private static func secret(_ path: String, _ name: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandFailure(
                "\(name) names the file \(path), which cannot be read; check its path and permissions.")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func dotEnv(_ path: String) throws -> [String: String] {
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandFailure("The file .env cannot be read; check its permissions.")
        }
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            var trimmed = line.trimmingCharacters(in: .whitespaces)
            if trimmed.hasPrefix("export ") { trimmed.removeFirst("export ".count) }
            guard !trimmed.hasPrefix("#"), let equals = trimmed.firstIndex(of: "=") else { continue }
            var value = trimmed[trimmed.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            for quote in ["\"", "'"] where value.count >= 2 && value.hasPrefix(quote) && value.hasSuffix(quote) {
                value = String(value.dropFirst().dropLast())
            }
            values[trimmed[..<equals].trimmingCharacters(in: .whitespaces)] = value
        }
        return values
    }

    private static func yaml(_ path: String, mustExist: Bool) throws -> [SettingKey: String] {
        guard FileManager.default.fileExists(atPath: path) else {
            if mustExist { throw CommandFailure("The configuration file \(path) does not exist.") }
            return [:]
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: String(contentsOfFile: path, encoding: .utf8), .basic)
        } catch {
            throw CommandFailure(
                "The configuration file \(path) is not YAML: \("\(error)".split(separator: "\n").joined(separator: " "))"
            )
        }
        var values: [SettingKey: String] = [:]
        func flatten(_ node: Node, _ prefix: String) throws {
            if prefix == SettingKey.agentLimits.rawValue, let mapping = node.mapping {
                let pairs = mapping.map { "\($0.scalar?.string ?? "")=\($1.scalar?.string ?? "")" }
                values[.agentLimits] = pairs.joined(separator: ",")
                return
            }
            guard let mapping = node.mapping else {
                let key = SettingKey(rawValue: prefix)
                if let key, key.isList, let items = node.sequence {
                    values[key] = try joined(items.map { $0.scalar?.string }, key, path)
                    return
                }
                guard let key, let text = node.scalar?.string else {
                    let known = SettingKey.allCases.map(\.rawValue).joined(separator: ", ")
                    throw CommandFailure("\(path): unknown setting '\(prefix)'; known are \(known).")
                }
                values[key] = text
                return
            }
            for (name, value) in mapping {
                let part = name.scalar?.string ?? ""
                try flatten(value, prefix.isEmpty ? part : "\(prefix).\(part)")
            }
        }
        if let root, root.mapping != nil { try flatten(root, "") }
        return values
    }

    /// The word for a list with nothing in it.
    static let emptyList = "none"

    /// A list as it is written in an environment variable.
    private static func joined(_ items: [String?], _ key: SettingKey, _ path: String) throws -> String {
        let texts = items.compactMap { $0 }
        guard texts.count == items.count, !texts.contains(where: { $0.isEmpty || $0.contains(",") }) else {
            throw CommandFailure("\(path): \(key.rawValue) must be a list of words; put each in quotes.")
        }
        return texts.isEmpty ? emptyList : texts.joined(separator: ",")
    }
}
