import CEL
import FoundationEssentials
import PerdureJSON

/// A value as the files spell it: an object whose only key is the type.
struct ExpectedValue {
    enum Content {
        case value(CELValue)
        /// A type by its name, since the files tell no more of it.
        case type(String)
        case list([ExpectedValue])
        case map([(key: ExpectedValue, value: ExpectedValue)])
    }

    static let `true` = ExpectedValue(content: .value(.bool(true)))

    let content: Content

    private init(content: Content) { self.content = content }

    init(_ json: JSONValue) throws {
        guard let object = json.objectValue, object.count == 1, let (type, value) = object.first(where: { _ in true })
        else { throw ConformanceError("a value is not an object with its type as the only key") }
        func text() throws(ConformanceError) -> String {
            guard let text = value.stringValue else { throw ConformanceError("a value of type \(type) is not a text") }
            return text
        }
        func parsed(_ value: CELValue?) throws(ConformanceError) -> Content {
            guard let value else { throw ConformanceError("a value of type \(type) is malformed") }
            return .value(value)
        }
        switch type {
        case "null": content = .value(.null)
        case "bool": content = try parsed(value.boolValue.map { .bool($0) })
        case "int": content = try parsed(Int64(text()).map { .int($0) })
        case "uint": content = try parsed(UInt64(text()).map { .uint($0) })
        case "double": content = try parsed(Double(text()).map { .double($0) })
        case "string": content = .value(.string(try text()))
        case "bytes": content = try parsed(Data(base64Encoded: text()).map { .bytes(Array($0)) })
        case "timestamp": content = try parsed(CELTimestamp(text: text()).map { .timestamp($0) })
        case "duration": content = try parsed(CELDuration(text: text()).map { .duration($0) })
        case "type": content = .type(try text())
        case "list":
            guard let elements = value.arrayValue else { throw ConformanceError("a list is not a list") }
            content = .list(try elements.map(ExpectedValue.init))
        case "map":
            guard let pairs = value.arrayValue else { throw ConformanceError("a map is not a list of pairs") }
            content = .map(
                try pairs.map { pair in
                    guard let pair = pair.arrayValue, pair.count == 2 else {
                        throw ConformanceError("an entry of a map is not a pair")
                    }
                    return (try ExpectedValue(pair[0]), try ExpectedValue(pair[1]))
                })
        default: throw UnknownForm(what: "a value of type '\(type)'")
        }
    }

    /// The value to bind to a variable; nil for a type that is known by name only.
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
