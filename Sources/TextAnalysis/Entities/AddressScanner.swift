/// Finds URLs and e-mail addresses, code point by code point.
struct AddressScanner {
    /// RFC 5321, section 4.5.3.1.
    private static let maximumLocalPart = 64
    private static let maximumDomain = 255
    /// What browsers and servers commonly accept; a longer run is data, not an address.
    private static let maximumURL = 2_048

    let text: ScalarText

    func scan(into cover: inout CoverMap) {
        var offset = 0
        while offset < text.count {
            let scalar = text.scalars[offset]
            if scalar == ":" || scalar == "w" || scalar == "W", let url = url(at: offset) {
                cover.insert(url)
                offset = max(url.end, offset + 1)
            } else if scalar == "@", let email = email(at: offset) {
                cover.insert(email)
                offset = max(email.end, offset + 1)
            } else {
                offset += 1
            }
        }
    }

    // MARK: URLs

    private func url(at offset: Int) -> Candidate? {
        if text.scalars[offset] == ":" {
            guard text.hasPrefix("://", at: offset) else { return nil }
            for scheme in ["https", "http", "ftp"] as [StaticString] {
                let start = offset - scheme.utf8CodeUnitCount
                guard text.hasPrefix(scheme, at: start), isFreeStart(start) else { continue }
                return url(start: start, host: offset + 3, hasScheme: true)
            }
            return nil
        }
        guard text.hasPrefix("www.", at: offset), isFreeStart(offset) else { return nil }
        return url(start: offset, host: offset, hasScheme: false)
    }

    private func url(start: Int, host: Int, hasScheme: Bool) -> Candidate? {
        var end = host
        var depth = 0
        while let scalar = text.scalar(at: end), isURLScalar(scalar) {
            if scalar == "(" { depth += 1 }
            if scalar == ")" {
                // A closing bracket without its opening one belongs to the sentence.
                if depth == 0 { break }
                depth -= 1
            }
            end += 1
            guard end - start <= Self.maximumURL else { return nil }
        }
        while end > host, isTrailing(text.scalars[end - 1]) { end -= 1 }
        var hostEnd = host
        while hostEnd < end, !["/", "?", "#"].contains(text.scalars[hostEnd]) { hostEnd += 1 }
        let hostScalars = text.scalars[host..<hostEnd]
        let dots = hostScalars.count { $0 == "." }
        guard let first = hostScalars.first, first.isLetter || first.isDigit || first == "[" else { return nil }
        if !hasScheme, dots < 2 { return nil }
        let normalized =
            hasScheme ? text.string(start..<hostEnd).lowercased() + text.string(hostEnd..<end) : nil
        return Candidate(type: .url, start: start, end: end, normalized: normalized)
    }

    private func isURLScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isSpace || scalar.value < 0x20 { return false }
        switch scalar {
        case "<", ">", "\"", "“", "”", "„", "«", "»", "{", "}", "|", "\\", "^", "`", "…", "。", "，": return false
        default: return true
        }
    }

    private func isTrailing(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", ",", ";", ":", "!", "?", "'", "’", "*", "_", "]", "—", "–": true
        default: false
        }
    }

    /// Not inside a word or another address; without this a run of `www.www.` would be read from each of its points.
    private func isFreeStart(_ offset: Int) -> Bool {
        guard let scalar = text.scalar(at: offset - 1) else { return true }
        return !scalar.isLetter && !scalar.isDigit && scalar != "." && scalar != "/" && scalar != "@"
    }

    // MARK: E-mail

    private func email(at mark: Int) -> Candidate? {
        var start = mark
        while let scalar = text.scalar(at: start - 1), isLocalScalar(scalar) {
            start -= 1
            guard mark - start <= Self.maximumLocalPart else { return nil }
        }
        while start < mark, !text.scalars[start].isLetter, !text.scalars[start].isDigit { start += 1 }
        guard start < mark, text.scalars[mark - 1] != ".", let end = domainEnd(from: mark + 1) else { return nil }
        let normalized = text.string(start..<mark + 1) + text.string(mark + 1..<end).lowercased()
        return Candidate(type: .email, start: start, end: end, normalized: normalized)
    }

    private func isLocalScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isLetter || scalar.isDigit { return true }
        switch scalar {
        case ".", "_", "%", "+", "-", "'": return true
        default: return false
        }
    }

    /// The end of `label.label.tld`, where the last label is letters.
    private func domainEnd(from start: Int) -> Int? {
        var offset = start
        var labelStart = start
        var end: Int?
        while let scalar = text.scalar(at: offset), offset - start <= Self.maximumDomain {
            if scalar.isLetter || scalar.isDigit || (scalar == "-" && offset > labelStart) {
                offset += 1
            } else if scalar == ".", offset > labelStart {
                offset += 1
                labelStart = offset
            } else {
                break
            }
            let label = text.scalars[labelStart..<offset]
            let isTop = labelStart > start && label.count >= 2 && label.allSatisfy(\.isLetter)
            let nextContinues = text.scalar(at: offset).map { $0.isLetter || $0.isDigit } ?? false
            if isTop, !nextContinues { end = offset }
        }
        return end
    }
}
