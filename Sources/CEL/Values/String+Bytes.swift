extension String {
    /// Whether both have the same UTF-8 bytes. Swift's `==` compares up to canonical equivalence, the language does
    /// not.
    func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return withBytes(other) { $0.elementsEqual($1) } ?? utf8.elementsEqual(other.utf8)
    }

    /// Whether the UTF-8 bytes come before those of the other, which is the order of the code points.
    func precedesByBytes(_ other: String) -> Bool {
        withBytes(other) { $0.lexicographicallyPrecedes($1) } ?? utf8.lexicographicallyPrecedes(other.utf8)
    }

    private func withBytes<Result>(
        _ other: String, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result? {
        utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in body(left, right) }
        }.flatMap { $0 }
    }
}
