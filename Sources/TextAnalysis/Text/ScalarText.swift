/// A text as an array of Unicode code points, so that offsets are plain integers and look-ups cost nothing.
struct ScalarText: Sendable {
    let scalars: [Unicode.Scalar]
    /// True if the text was longer than the limit and its rest is not here.
    let isTruncated: Bool

    init(_ text: String, maximumCodePoints: Int = .max) {
        var kept: [Unicode.Scalar] = []
        kept.reserveCapacity(min(text.utf8.count, maximumCodePoints))
        var isTruncated = false
        for scalar in text.unicodeScalars {
            if kept.count == maximumCodePoints {
                isTruncated = true
                break
            }
            kept.append(scalar)
        }
        scalars = kept
        self.isTruncated = isTruncated
    }

    var count: Int { scalars.count }

    /// The code point at an offset, or nil past either end.
    func scalar(at offset: Int) -> Unicode.Scalar? {
        offset >= 0 && offset < scalars.count ? scalars[offset] : nil
    }

    /// The code points of a range as a string.
    func string(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    /// The range as one line: every run of white space becomes one space.
    func collapsedString(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in scalars[range] {
            if scalar.isSpace {
                pendingSpace = !view.isEmpty
            } else {
                if pendingSpace { view.append(" ") }
                pendingSpace = false
                view.append(scalar)
            }
        }
        return String(view)
    }

    /// Whether an ASCII lowercase literal stands at an offset, ignoring ASCII case.
    func hasPrefix(_ literal: StaticString, at offset: Int) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard offset >= 0, offset + length <= scalars.count else { return false }
        return literal.withUTF8Buffer { bytes in
            for index in 0..<length {
                var value = scalars[offset + index].value
                if value >= 0x41 && value <= 0x5A { value |= 0x20 }
                if value != UInt32(bytes[index]) { return false }
            }
            return true
        }
    }
}
