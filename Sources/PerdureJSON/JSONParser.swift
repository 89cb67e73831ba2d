/// A recursive descent parser over borrowed bytes; lives for one document and never escapes it.
struct JSONParser: ~Copyable {
    /// What went wrong, kept small: line and column are only worked out for the caller.
    struct Failure: Error {
        let code: JSONError.Code
        let offset: Int
        let message: String
    }

    let source: UnsafeBufferPointer<UInt8>
    let allowsNUL: Bool
    let maximumDepth: Int
    var position = 0
    var depth = 0

    init(source: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.source = source
        allowsNUL = limits.allowsNUL
        maximumDepth = limits.effectiveMaximumDepth
    }

    mutating func parseDocument() throws(Failure) -> JSONValue {
        if source.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw Failure(code: .syntax, offset: 0, message: "JSON must not start with a byte order mark; remove it.")
        }
        let value = try parseValue()
        skipSpace()
        guard position == source.count else {
            throw failure(.trailingData, "Something follows the end of the document; send one value only.")
        }
        return value
    }

    mutating func parseValue() throws(Failure) -> JSONValue {
        skipSpace()
        guard position < source.count else { throw unexpectedEnd() }
        switch source[position] {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        case UInt8(ascii: "t"):
            try expectWord("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expectWord("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try expectWord("null")
            return .null
        default: throw failure(.syntax, "A JSON value was expected here.")
        }
    }

    private mutating func parseObject() throws(Failure) -> JSONValue {
        try enter()
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) {
            depth -= 1
            return .object(object)
        }
        while true {
            skipSpace()
            guard position < source.count else { throw unexpectedEnd() }
            guard source[position] == UInt8(ascii: "\"") else {
                throw failure(.syntax, "A member's key in double quotes was expected here.")
            }
            let keyStart = position
            let key = try parseString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw expected("A ':' after the member's key") }
            let value = try parseValue()
            guard object.insertIfAbsent(key, value) else {
                let message = "The key '\(key)' occurs twice in one object; keep one of them."
                throw Failure(code: .duplicateKey, offset: keyStart, message: message)
            }
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw expected("A ',' or '}' after the member") }
            depth -= 1
            return .object(object)
        }
    }

    private mutating func parseArray() throws(Failure) -> JSONValue {
        try enter()
        var values: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return .array(values)
        }
        while true {
            values.append(try parseValue())
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw expected("A ',' or ']' after the element") }
            depth -= 1
            return .array(values)
        }
    }

    private mutating func enter() throws(Failure) {
        guard depth < maximumDepth else {
            throw failure(.tooDeep, "Arrays and objects nest deeper than \(maximumDepth) levels; flatten the document.")
        }
        depth += 1
        position += 1
    }

    private mutating func expectWord(_ word: StaticString) throws(Failure) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position + index < source.count else {
                position = source.count
                throw unexpectedEnd()
            }
            guard source[position + index] == word.utf8Start[index] else {
                throw failure(.syntax, "A JSON value was expected here; did you mean \(word)?")
            }
        }
        position += word.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func skipSpace() {
        while position < source.count {
            switch source[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < source.count, source[position] == byte else { return false }
        position += 1
        return true
    }

    func failure(_ code: JSONError.Code, _ message: String) -> Failure {
        Failure(code: code, offset: position, message: message)
    }

    func unexpectedEnd() -> Failure {
        Failure(code: .unexpectedEnd, offset: source.count, message: "The document ends in the middle of a value.")
    }

    private func expected(_ what: String) -> Failure {
        position < source.count ? failure(.syntax, "\(what) was expected here.") : unexpectedEnd()
    }
}

extension JSONParser.Failure {
    /// The error for the caller, with line and column counted from the start of `source`.
    func located(in source: UnsafeBufferPointer<UInt8>) -> JSONError {
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, source.count) where source[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return JSONError(code: code, message: message, offset: offset, line: line, column: offset - lineStart + 1)
    }
}
