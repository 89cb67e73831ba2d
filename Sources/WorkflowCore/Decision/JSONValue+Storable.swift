import PerdureJSON

extension JSONValue {
    /// Why a value that expressions computed cannot be kept, as the end of a sentence; nil when it can.
    ///
    /// What comes from outside is checked where it comes in; expressions can build what would have been refused
    /// there, and a value that the journal or the broker refuses would be tried again for ever.
    var storageProblem: String? {
        var strings = 0
        var isClean = true
        let lowest = size(&strings, &isClean)
        guard isClean else { return "has text with U+0000, which the database cannot hold" }
        // An escape takes six bytes at most, so only the text can be larger than was counted.
        guard lowest + 5 * strings > Limits.computedBytes else { return nil }
        let bytes = jsonBytes.count
        guard bytes > Limits.computedBytes else { return nil }
        return
            "has \(bytes) bytes and the limit is \(Limits.computedBytes); keep large data elsewhere and pass a reference"
    }

    /// About how many bytes the value has as JSON.
    var approximateByteCount: Int {
        var (strings, isClean) = (0, true)
        return size(&strings, &isClean)
    }

    /// An estimate of the encoded size in bytes, without escapes; numbers count with what the longest ones take.
    private func size(_ strings: inout Int, _ isClean: inout Bool) -> Int {
        switch self {
        case .null, .bool: return 6
        case .int, .double: return 26
        case .string(let text): return Self.size(text, &strings, &isClean)
        case .array(let items):
            var sum = 2
            for item in items { sum += item.size(&strings, &isClean) }
            return sum
        case .object(let object):
            var sum = 2
            for (key, value) in object {
                sum += Self.size(key, &strings, &isClean) + 1
                sum += value.size(&strings, &isClean)
            }
            return sum
        }
    }

    private static func size(_ text: String, _ strings: inout Int, _ isClean: inout Bool) -> Int {
        let count = text.utf8.count
        strings += count
        isClean = isClean && !text.utf8.contains(0)
        return count + 3
    }
}
