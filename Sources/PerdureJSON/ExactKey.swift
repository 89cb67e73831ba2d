/// A string as a dictionary key that equals another only when the code points do, as JSON compares names.
package struct ExactKey: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: ExactKey, right: ExactKey) -> Bool { left.text.hasSameCodePoints(as: right.text) }

    package func hash(into hasher: inout Hasher) { text.hashCodePoints(into: &hasher) }
}

extension String {
    /// Whether both strings hold the same code points; `==` would also accept canonically equivalent ones.
    func hasSameCodePoints(as other: String) -> Bool {
        // The cheap tests first: the length, then `==`, which is one comparison of words for short strings.
        guard utf8.count == other.utf8.count, self == other else { return false }
        return utf8.elementsEqual(other.utf8)
    }

    /// Feeds the bytes: String's own hash is that of its normal form, so that a sender could make names collide.
    func hashCodePoints(into hasher: inout Hasher) {
        var copy = self
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(utf8.count)
    }
}
