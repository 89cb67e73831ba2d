import CEL
import FoundationEssentials

/// A value as the conformance files spell it: an object whose only key is the type.
struct ConformanceValue: Decodable {
    enum Content {
        case value(CELValue)
        /// A type by its name, since the files tell no more of it.
        case type(String)
        case list([ConformanceValue])
        case map([(key: ConformanceValue, value: ConformanceValue)])
    }

    let content: Content

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        guard let key = container.allKeys.first else { throw ConformanceFormatError("A value has no type") }
        func text() throws -> String { try container.decode(String.self, forKey: key) }
        func parsed(_ value: CELValue?) throws -> Content {
            guard let value else { throw ConformanceFormatError("A \(key.stringValue) is malformed") }
            return .value(value)
        }
        switch key.stringValue {
        case "null": content = .value(.null)
        case "bool": content = .value(.bool(try container.decode(Bool.self, forKey: key)))
        case "int": content = try parsed(Int64(text()).map { .int($0) })
        case "uint": content = try parsed(UInt64(text()).map { .uint($0) })
        case "double": content = try parsed(Double(text()).map { .double($0) })
        case "string": content = .value(.string(try text()))
        case "bytes": content = try parsed(Data(base64Encoded: text()).map { .bytes(Array($0)) })
        case "timestamp": content = try parsed(CELTimestamp(text: text()).map { .timestamp($0) })
        case "duration": content = try parsed(CELDuration(text: text()).map { .duration($0) })
        case "type": content = .type(try text())
        case "list": content = .list(try container.decode([ConformanceValue].self, forKey: key))
        case "map":
            let pairs = try container.decode([[ConformanceValue]].self, forKey: key)
            content = .map(
                try pairs.map { pair in
                    guard pair.count == 2 else { throw ConformanceFormatError("A map entry is no pair") }
                    return (pair[0], pair[1])
                })
        default: throw ConformanceFormatError("Unknown type of value '\(key.stringValue)'")
        }
    }

    /// The value to bind to a variable; nil for a type.
    func bound() throws -> CELValue? {
        switch content {
        case .value(let value): return value
        case .type: return nil
        case .list(let elements): return .list(try elements.compactMap { try $0.bound() })
        case .map(let entries):
            var bound: [CELMap.Entry] = []
            for entry in entries {
                if let key = try entry.key.bound(), let value = try entry.value.bound() { bound.append((key, value)) }
            }
            return .map(try CELMap(entries: bound))
        }
    }

    /// Whether a result is this value; the types count, and NaN is itself.
    func isSame(as result: CELValue) throws -> Bool {
        switch (content, result) {
        case (.value(.double(let expected)), .double(let found)) where expected.isNaN: return found.isNaN
        case (.value(let expected), _): return expected == result
        case (.type(let name), .type(let type)): return type.name == name
        case (.list(let expected), .list(let found)):
            return try expected.count == found.count && zip(expected, found).allSatisfy { try $0.isSame(as: $1) }
        case (.map(let expected), .map(let found)):
            guard expected.count == found.count else { return false }
            return try expected.allSatisfy { entry in
                guard let key = try entry.key.bound(), let value = found[key] else { return false }
                return try entry.value.isSame(as: value)
            }
        default: return false
        }
    }
}
