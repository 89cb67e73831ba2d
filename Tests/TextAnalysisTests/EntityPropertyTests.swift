import TestSupport
import Testing
import TextAnalysis

@Suite struct EntityPropertyTests {
    private static let pieces = [
        "Mr.", "Jane", "Doe", "said", "12", "March", "2024", "$", "€", "1,200", "million", "%", "per", "cent",
        "a@b.com",
        "https://x.org/(", ")", "+44", "(", "555-0123", ":", "30", "p.m.", "Bank", "of", "England", "Inc", ".", ",",
        "\n\n",
        "\n", "Paris", "U.S.", "“", "”", "'s", "’", "-", "–", "e\u{301}", "👩‍👩‍👧", "🇳🇴", "日本。", "\u{FEFF}", "\r\n", "May",
        "Will",
        "in", "near", "al-", "van", "der", "www.", "@", "://", "J.", "&", "/", "2024-03-12T", "NATO", "\u{0}", "1990s",
    ]

    private static func randomText(_ random: inout SplitMix) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
            if Bool.random(using: &random) { text += " " }
            if Int.random(in: 0..<12, using: &random) == 0 {
                let value = UInt32.random(in: 0...0x2FFFF, using: &random)
                if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            }
        }
        return text
    }

    private static func check(_ text: String, seed: UInt64) {
        let scalars = Array(text.unicodeScalars)
        let entities = EntityExtractor().extract(text)
        var last = 0
        for entity in entities {
            #expect(entity.start >= last && entity.end > entity.start && entity.end <= scalars.count, "seed \(seed)")
            guard entity.end <= scalars.count, entity.start < entity.end else { return }
            var slice = String.UnicodeScalarView()
            slice.append(contentsOf: scalars[entity.start..<entity.end])
            #expect(Array(entity.text.unicodeScalars) == Array(slice), "seed \(seed)")
            last = entity.end
        }
        #expect(entities == EntityExtractor().extract(text), "seed \(seed)")
    }

    @Test func randomTextsKeepTheInvariants() {
        var count = 0
        for seed in 1...2_000 as ClosedRange<UInt64> {
            var random = SplitMix(seed: seed)
            let text = Self.randomText(&random)
            Self.check(text, seed: seed)
            count += EntityExtractor().extract(text).count
        }
        // The texts must be of a kind in which there is something to find.
        #expect(count > 2_000)
    }

    @Test func randomSentencesCoverTheText() {
        for seed in 1...1_000 as ClosedRange<UInt64> {
            var random = SplitMix(seed: seed)
            let text = Self.randomText(&random)
            let scalars = Array(text.unicodeScalars)
            var last = 0
            for sentence in SentenceSplitter().split(text) {
                #expect(sentence.start >= last && sentence.end > sentence.start && sentence.end <= scalars.count)
                let between = scalars[last..<sentence.start]
                #expect(between.allSatisfy { $0.properties.isWhitespace || $0.value == 0xFEFF }, "seed \(seed)")
                last = sentence.end
            }
            #expect(scalars[last...].allSatisfy { $0.properties.isWhitespace || $0.value == 0xFEFF }, "seed \(seed)")
            let summary = Summarizer(maxSentences: 4).summarize(text)
            #expect(summary == Summarizer(maxSentences: 4).summarize(text), "seed \(seed)")
            #expect(summary.sentences.count <= 4)
        }
    }

    @Test func offsetsCountCodePoints() throws {
        let text = "👩‍👩‍👧 Zoe\u{301} paid €5 in Zu\u{308}rich."
        let entities = EntityExtractor().extract(text)
        let money = try #require(entities.first { $0.type == .money })
        #expect(money.text == "€5" && money.start == 16 && money.end == 18)
        let place = try #require(entities.first { $0.type == .place })
        #expect(place.text.unicodeScalars.count == 7 && place.start == 22)
    }

    /// Texts made to hurt, at which a scanner that looks back over and over would not come to an end in time.
    @Test(
        .timeLimit(.minutes(3)),
        arguments: [
            "a", ".", "Word ", "1", "(", "@a", "http://", "www.", "John ", "Ministry of ", "+1 ", "a\u{301}", "\n",
            "Will May ",
            "$1 million 5% ", "a. ", "“", "said John Smith Bank of ", "12-34 ", "U.S.", "A&",
        ])
    func hostileTextsEnd(_ piece: String) {
        let text = String(repeating: piece, count: 150_000 / piece.unicodeScalars.count)
        Self.check(text, seed: 0)
        let summary = Summarizer(maxSentences: 3).summarize(text)
        #expect(summary.sentences.count <= 3)
    }

    @Test func limitsAreReported() {
        let tooMany = EntityExtractor().analyze(String(repeating: "5% ", count: EntityExtractor.maximumEntities + 1))
        #expect(tooMany.isTruncated && tooMany.entities.count == EntityExtractor.maximumEntities)
        let filler = String(repeating: "\n", count: EntityExtractor.maximumCodePoints)
        let tooLong = EntityExtractor().analyze("5%" + filler + "6%")
        #expect(tooLong.isTruncated && tooLong.entities.map(\.text) == ["5%"])
        let fits = EntityExtractor().analyze("5%")
        #expect(!fits.isTruncated && fits.method == "rule-based")
    }
}
