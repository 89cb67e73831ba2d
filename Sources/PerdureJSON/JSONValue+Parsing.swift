extension JSONValue {
    /// Reads one document, strictly by RFC 8259: UTF-8 without a byte order mark, nothing before or after but space.
    ///
    /// Integers that fit 64 bits are exact; every other number becomes the nearest double. Duplicate keys, lone
    /// surrogates and numbers beyond a double are errors, because each would lose what the sender meant.
    /// Throws `JSONError` with the place of the failure.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
        let outcome = bytes.withContiguousStorageIfAvailable { Self.parse($0, limits: limits) }
        if let outcome {
            self = try outcome.get()
        } else {
            let copy = Array(bytes)
            self = try copy.withUnsafeBufferPointer { Self.parse($0, limits: limits) }.get()
        }
    }

    /// Reads one document from text; the same rules hold.
    public init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        var text = text
        self = try text.withUTF8 { Self.parse($0, limits: limits) }.get()
    }

    private static func parse(
        _ source: UnsafeBufferPointer<UInt8>, limits: JSONLimits
    ) -> Result<JSONValue, JSONError> {
        guard source.count <= limits.maximumByteCount else {
            let message = "The document has \(source.count) bytes; at most \(limits.maximumByteCount) are accepted."
            return .failure(JSONError(code: .tooLarge, message: message, offset: 0, line: 1, column: 1))
        }
        do throws(JSONParser.Failure) {
            var parser = JSONParser(source: source, limits: limits)
            return .success(try parser.parseDocument())
        } catch {
            return .failure(error.located(in: source))
        }
    }
}
