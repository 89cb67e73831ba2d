/// The members of a JSON object in the order they were written.
///
/// Equality and hashing ignore that order. Keys are compared by code point, never by canonical equivalence.
public struct JSONObject: Sendable {
    /// One member.
    public typealias Element = (key: String, value: JSONValue)

    /// Beyond this many members a hash index answers lookups; below it comparing a few short keys is quicker.
    static let linearLookupLimit = 16

    private(set) var members: [Element] = []
    private var positions: [ExactKey: Int]?

    /// Makes an object without members.
    public init() {}

    /// Makes an object from pairs; a key that comes twice keeps its first place and its last value.
    public init(uniqueKeysWithValues pairs: some Sequence<(String, JSONValue)>) {
        members.reserveCapacity(pairs.underestimatedCount)
        for (key, value) in pairs { self[key] = value }
    }

    /// How many members there are.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// The values in the order of their keys.
    public var values: [JSONValue] { members.map(\.value) }

    /// The value of `key`. Assigning `nil` removes the member; assigning `.null` stores the JSON null.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            guard let newValue else { return remove(key) }
            if let position = position(of: key) {
                members[position].value = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    /// Whether there is a member called `key`.
    public func contains(key: String) -> Bool { position(of: key) != nil }

    /// Adds a member and answers true, or leaves the object as it is and answers false when the key is taken.
    mutating func insertIfAbsent(_ key: String, _ value: JSONValue) -> Bool {
        guard position(of: key) == nil else { return false }
        append(key, value)
        return true
    }

    private func position(of key: String) -> Int? {
        if let positions { return positions[ExactKey(key)] }
        for position in members.indices where members[position].key.hasSameCodePoints(as: key) { return position }
        return nil
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        members.append((key, value))
        if positions != nil {
            positions?[ExactKey(key)] = members.count - 1
        } else if members.count > Self.linearLookupLimit {
            rebuildIndex()
        }
    }

    private mutating func remove(_ key: String) {
        guard let position = position(of: key) else { return }
        members.remove(at: position)
        if positions != nil { rebuildIndex() }
    }

    private mutating func rebuildIndex() {
        guard members.count > Self.linearLookupLimit else {
            positions = nil
            return
        }
        var fresh: [ExactKey: Int] = [:]
        fresh.reserveCapacity(members.count * 2)
        for (position, member) in members.enumerated() { fresh[ExactKey(member.key)] = position }
        positions = fresh
    }
}

extension JSONObject: Sequence {
    /// Visits the members in order.
    public func makeIterator() -> IndexingIterator<[Element]> { members.makeIterator() }

    /// The exact number of members.
    public var underestimatedCount: Int { members.count }
}

extension JSONObject: Hashable {
    /// Whether both hold the same keys with equal values, in any order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        return left.members.allSatisfy { right[$0.key] == $0.value }
    }

    /// Adds up the hash of each member, so that order does not matter.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members {
            var one = hasher
            member.key.hashCodePoints(into: &one)
            one.combine(member.value)
            sum &+= one.finalize()
        }
        hasher.combine(count)
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Makes an object; of two equal keys the last value is kept.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(uniqueKeysWithValues: elements) }
}
