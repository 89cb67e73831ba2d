/// An immutable map that keeps the order in which its entries came.
///
/// The order makes iteration the same in every process, which replay relies on; it does not take part in equality.
/// A copy shares the storage.
public struct CELMap: Sendable {
    /// A key with its value. The key is an int, uint, bool or string.
    public typealias Entry = (key: CELValue, value: CELValue)

    /// Up to this many entries a scan beats hashing the key.
    private static let scanLimit = 8

    private final class Storage: Sendable {
        let entries: [Entry]
        let index: [CELMapKey: Int]

        init(entries: [Entry], index: [CELMapKey: Int]) {
            self.entries = entries
            self.index = index
        }
    }

    private let storage: Storage

    private static let emptyStorage = Storage(entries: [], index: [:])

    /// Creates an empty map.
    public init() { storage = Self.emptyStorage }

    /// Creates a map from entries in order.
    ///
    /// - Throws: `invalidArgument` for a key that is no int, uint, bool or string, and for a repeated key.
    public init(entries: [Entry]) throws(CELError) {
        var index: [CELMapKey: Int] = [:]
        index.reserveCapacity(entries.count)
        for (position, entry) in entries.enumerated() {
            guard let key = CELMapKey(storing: entry.key) else {
                throw CELError(
                    .invalidArgument, "A map key must be an int, uint, bool or string, not \(entry.key.typeName)")
            }
            guard index.updateValue(position, forKey: key) == nil else {
                throw CELError(.invalidArgument, "A map key is given twice; give each key once")
            }
        }
        storage = Storage(entries: entries, index: entries.count > Self.scanLimit ? index : [:])
    }

    /// Creates a map with string keys in the order given; of a repeated key the last value counts.
    public init(fields: some Sequence<(String, CELValue)>) {
        var entries: [Entry] = []
        var index: [CELMapKey: Int] = [:]
        entries.reserveCapacity(fields.underestimatedCount)
        index.reserveCapacity(fields.underestimatedCount)
        for (name, value) in fields {
            if let position = index[.string(name)] {
                entries[position].value = value
            } else {
                index[.string(name)] = entries.count
                entries.append((.string(name), value))
            }
        }
        storage = Storage(entries: entries, index: entries.count > Self.scanLimit ? index : [:])
    }

    /// Creates a map with string keys, ordered by key since a dictionary's own order changes from run to run.
    public init(_ fields: [String: CELValue]) {
        self.init(fields: fields.sorted { $0.key.precedesByBytes($1.key) }.map { ($0.key, $0.value) })
    }

    /// The entries in order.
    public var entries: [Entry] { storage.entries }

    /// The number of entries.
    public var count: Int { storage.entries.count }

    /// Whether there is no entry.
    public var isEmpty: Bool { storage.entries.isEmpty }

    /// The value under a string key.
    public subscript(name: String) -> CELValue? {
        guard storage.index.isEmpty else { return storage.index[.string(name)].map { storage.entries[$0].value } }
        for entry in storage.entries {
            if case .string(let key) = entry.key, key.hasSameBytes(as: name) { return entry.value }
        }
        return nil
    }

    /// The value under a key; a whole double finds an integer key, a uint finds an int and the other way round.
    public subscript(key: CELValue) -> CELValue? {
        if case .string(let name) = key { return self[name] }
        guard let key = CELMapKey(finding: key) else { return nil }
        guard storage.index.isEmpty else { return storage.index[key].map { storage.entries[$0].value } }
        return storage.entries.first { CELMapKey(storing: $0.key) == key }?.value
    }
}

extension CELMap: Hashable {
    /// Whether both have equal values under the same keys, in any order.
    public static func == (lhs: CELMap, rhs: CELMap) -> Bool {
        if lhs.storage === rhs.storage { return true }
        return lhs.count == rhs.count && lhs.entries.allSatisfy { rhs[$0.key] == $0.value }
    }

    /// Feeds the map to the hasher, whatever the order of its entries.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for entry in entries {
            var entryHasher = Hasher()
            entryHasher.combine(CELMapKey(storing: entry.key))
            entryHasher.combine(entry.value)
            sum ^= entryHasher.finalize()
        }
        hasher.combine(count)
        hasher.combine(sum)
    }
}
