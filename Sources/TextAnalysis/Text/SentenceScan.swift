/// The single pass of `SentenceSplitter`: walks to each terminator or line end and decides whether a sentence ends
/// there.
struct SentenceScan {
    /// How far back the word before a full stop may begin; no abbreviation is longer.
    private static let maximumAbbreviationCodePoints = 12
    /// A line that could be a heading inside a paragraph is shorter than wrapped text would be.
    private static let maximumHeadingLineCodePoints = 60
    /// How many opening quotes and brackets may stand before a first word.
    private static let maximumOpeners = 4
    /// How many words a speaker's name may have between a quotation and its verb: “Why?” Ada Lovelace asked.
    private static let maximumSpeakerWords = 3

    let text: ScalarText
    private var result: [SentenceRange] = []
    private var sentenceStart = 0
    private var lineStart = 0
    private var opensBlock = true

    init(text: ScalarText) { self.text = text }

    mutating func run() -> [SentenceRange] {
        var offset = 0
        while offset < text.count {
            let scalar = text.scalars[offset]
            if scalar.isLineEnd {
                offset = passLineEnd(at: offset)
            } else if scalar.isTerminator {
                offset = passTerminator(at: offset)
            } else {
                offset += 1
            }
        }
        close(at: text.count, closesBlock: true)
        return result
    }

    private mutating func passLineEnd(at start: Int) -> Int {
        var offset = start
        var lineEnds = 0
        while let scalar = text.scalar(at: offset), scalar.isSpace {
            if scalar.isLineEnd { lineEnds += 1 }
            offset += 1
        }
        if lineEnds >= 2 || isLineOfItsOwn(endingAt: start, next: offset) {
            close(at: start, closesBlock: true)
            sentenceStart = offset
            opensBlock = true
        }
        lineStart = offset
        // A sentence that ended with the line before: this line may be a heading.
        if lastVisible(before: start) == nil {
            sentenceStart = offset
            opensBlock = true
        }
        return offset
    }

    /// A heading or list item on a line of its own, inside a paragraph.
    private func isLineOfItsOwn(endingAt end: Int, next: Int) -> Bool {
        guard let following = text.scalar(at: next) else { return true }
        let isBullet = following == "•" || following == "*" || following == "-"
        if isBullet, text.scalar(at: next + 1)?.isSpace == true { return true }
        guard opensBlock, sentenceStart >= lineStart, end - lineStart <= Self.maximumHeadingLineCodePoints,
            following.isUpper, let last = lastVisible(before: end)
        else { return false }
        return last.isLetter || last.isDigit || last == ":"
    }

    private func lastVisible(before end: Int) -> Unicode.Scalar? {
        var offset = end - 1
        while offset >= sentenceStart, text.scalars[offset].isSpace { offset -= 1 }
        return offset >= sentenceStart ? text.scalars[offset] : nil
    }

    private mutating func passTerminator(at start: Int) -> Int {
        var end = start
        var isWide = false
        while let scalar = text.scalar(at: end), scalar.isTerminator {
            isWide = scalar.isWideTerminator
            end += 1
        }
        let marks = end
        while let scalar = text.scalar(at: end), scalar.isCloser { end += 1 }
        guard endsSentence(firstMark: start, marksEnd: marks, end: end, isWide: isWide) else { return end }
        close(at: end, closesBlock: false)
        return end
    }

    private func endsSentence(firstMark: Int, marksEnd: Int, end: Int, isWide: Bool) -> Bool {
        guard let after = text.scalar(at: end) else { return true }
        if isWide { return true }
        guard after.isSpace || after == "—" else { return false }
        guard let first = nextVisible(from: end) else { return true }
        if text.scalars[first].isLower { return false }
        let isSingleStop = marksEnd - firstMark == 1 && text.scalars[firstMark] == "."
        if isSingleStop, end == marksEnd, isAbbreviation(before: firstMark, next: first) { return false }
        if isSingleStop, isOrdinal(before: firstMark) { return false }
        if end > marksEnd, text.scalars[end - 1] != ")", isSpeaker(at: first) { return false }
        return true
    }

    /// The first letter or digit after white space and opening marks, if the paragraph has one.
    private func nextVisible(from start: Int) -> Int? {
        var offset = start
        var lineEnds = 0
        while let scalar = text.scalar(at: offset), scalar.isSpace {
            if scalar.isLineEnd { lineEnds += 1 }
            if lineEnds >= 2 { return nil }
            offset += 1
        }
        var openers = 0
        while let scalar = text.scalar(at: offset), scalar.isOpener, openers < Self.maximumOpeners {
            offset += 1
            openers += 1
        }
        return offset < text.count ? offset : nil
    }

    private func isAbbreviation(before stop: Int, next: Int) -> Bool {
        var start = stop
        while start > sentenceStart, stop - start < Self.maximumAbbreviationCodePoints {
            let scalar = text.scalars[start - 1]
            guard scalar.isLetter || scalar == "." else { break }
            start -= 1
        }
        guard start < stop else { return false }
        let word = text.string(start..<stop).lowercased()
        let following = text.scalars[next]
        if Abbreviations.beforeNumber.contains(word) { return following.isDigit }
        if Abbreviations.neverFinal.contains(word) { return true }
        if Abbreviations.clock.contains(word) {
            return following.isDigit
                || WordLexicon.has(wordAt(next), [.month, .weekday, .zone])
        }
        let isInitial = stop - start == 1 && text.scalars[start].isUpper && word != "i"
        guard isInitial || Abbreviations.seldomFinal.contains(word) || isDottedAcronym(start..<stop) else {
            return false
        }
        return !WordLexicon.has(wordAt(next), .stopWord)
    }

    private func isDottedAcronym(_ range: Range<Int>) -> Bool {
        range.count >= 3 && text.scalars[range.upperBound - 2] == "." && text.scalars[range.lowerBound].isUpper
    }

    /// The number of a list item: everything of the sentence before the stop is digits.
    private func isOrdinal(before stop: Int) -> Bool {
        guard stop - sentenceStart <= 4 else { return false }
        var digits = 0
        for scalar in text.scalars[sentenceStart..<stop] where !scalar.isSpace {
            guard scalar.isDigit else { return false }
            digits += 1
        }
        return digits > 0
    }

    private func wordAt(_ start: Int) -> String {
        var end = start
        while let scalar = text.scalar(at: end), scalar.isLetter, end - start < Tokenizer.maximumListedWordCodePoints {
            end += 1
        }
        return text.string(start..<end).lowercased()
    }

    /// After a closed quotation: `Smith said`, `Jane Doe asked`.
    private func isSpeaker(at start: Int) -> Bool {
        var offset = start
        for _ in 0..<Self.maximumSpeakerWords {
            guard let scalar = text.scalar(at: offset), scalar.isUpper else { return false }
            let word = wordAt(offset)
            guard !WordLexicon.has(word, .stopWord) else { return false }
            offset += word.unicodeScalars.count
            if text.scalar(at: offset) == "." { offset += 1 }
            guard text.scalar(at: offset)?.isSpace == true else { return false }
            offset += 1
            if WordLexicon.has(wordAt(offset), .speechVerb) { return true }
        }
        return false
    }

    private mutating func close(at end: Int, closesBlock: Bool) {
        var start = sentenceStart
        var last = end
        while start < last, text.scalars[start].isSpace { start += 1 }
        while last > start, text.scalars[last - 1].isSpace { last -= 1 }
        if start < last {
            let isHeading =
                opensBlock && closesBlock && last - start <= SentenceSplitter.maximumHeadingCodePoints
                && !text.scalars[last - 1].isTerminator && !text.scalars[last - 1].isCloser
            cut(start..<last, isHeading: isHeading)
        }
        sentenceStart = end
        opensBlock = closesBlock
    }

    /// Adds a sentence, in pieces if it is longer than a sentence may be.
    private mutating func cut(_ range: Range<Int>, isHeading: Bool) {
        let limit = SentenceSplitter.maximumSentenceCodePoints
        var start = range.lowerBound
        while range.upperBound - start > limit {
            var end = start + limit
            while end > start, !text.scalars[end].isSpace { end -= 1 }
            if end == start { end = start + limit }
            result.append(SentenceRange(start: start, end: end, isHeading: false))
            start = end
            while start < range.upperBound, text.scalars[start].isSpace { start += 1 }
        }
        if start < range.upperBound {
            result.append(SentenceRange(start: start, end: range.upperBound, isHeading: isHeading))
        }
    }
}
