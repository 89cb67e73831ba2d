/// A map's key in the form it is looked up by: whole numbers that are equal have one key whatever their type.
enum CELMapKey: Sendable, Hashable {
    case bool(Bool)
    case int(Int64)
    /// Only numbers above `Int64.max`.
    case uint(UInt64)
    case string(String)

    /// The key for a value to store; nil for a type that cannot be a key.
    init?(storing value: CELValue) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .uint(let value): self = Int64(exactly: value).map { .int($0) } ?? .uint(value)
        case .string(let value): self = .string(value)
        default: return nil
        }
    }

    /// The key for a value to look up; a whole double finds the integer.
    init?(finding value: CELValue) {
        guard case .double(let double) = value else {
            self.init(storing: value)
            return
        }
        if let int = Int64(exactly: double) {
            self = .int(int)
        } else if let uint = UInt64(exactly: double) {
            self = .uint(uint)
        } else {
            return nil
        }
    }

    static func == (lhs: CELMapKey, rhs: CELMapKey) -> Bool {
        switch (lhs, rhs) {
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.uint(let left), .uint(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        default: false
        }
    }
}
