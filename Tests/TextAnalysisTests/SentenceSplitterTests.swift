import Testing
import TextAnalysis

@Suite struct SentenceSplitterTests {
    @Test(arguments: [
        Row("One. Two! Three? Four… Five", "One.", "Two!", "Three?", "Four…", "Five"),
        Row("Mr. Smith met Dr. Jones. They talked.", "Mr. Smith met Dr. Jones.", "They talked."),
        Row("It cost $3.50 in the U.S. last year. He paid.", "It cost $3.50 in the U.S. last year.", "He paid."),
        Row("She moved to the U.S. The move was hard.", "She moved to the U.S.", "The move was hard."),
        Row("The U.S. Senate voted. It passed.", "The U.S. Senate voted.", "It passed."),
        Row(
            "Acme Inc. Chief Executive Ann Lee left. Sales fell.", "Acme Inc. Chief Executive Ann Lee left.",
            "Sales fell."),
        Row("He works at Acme Inc. The firm is old.", "He works at Acme Inc.", "The firm is old."),
        Row("Bring fruit, e.g. apples. Then go.", "Bring fruit, e.g. apples.", "Then go."),
        Row("John F. Kennedy spoke. J. K. Rowling wrote.", "John F. Kennedy spoke.", "J. K. Rowling wrote."),
        Row("We left at 5 p.m. Tuesday. Fine.", "We left at 5 p.m. Tuesday.", "Fine."),
        Row("We left at 5 p.m. Police came.", "We left at 5 p.m.", "Police came."),
        Row("He said “Stop.” Then he ran.", "He said “Stop.”", "Then he ran."),
        Row("“Why?” she asked. \"Go!\" he said.", "“Why?” she asked.", "\"Go!\" he said."),
        Row("“Why now?” Jane Doe asked. Nobody knew.", "“Why now?” Jane Doe asked.", "Nobody knew."),
        Row("So... he left. And so... The end.", "So... he left.", "And so...", "The end."),
        Row("See No. 5 there. No. It is gone.", "See No. 5 there.", "No.", "It is gone."),
        Row("1. First point here.\n2. Second point here.", "1. First point here.", "2. Second point here."),
        Row("A Short Heading\n\nBody text here. More.", "A Short Heading", "Body text here.", "More."),
        Row("This line is wrapped\nin the middle. Next.", "This line is wrapped\nin the middle.", "Next."),
        Row("Überall ist es schön. Élan vital! 你好。再见。", "Überall ist es schön.", "Élan vital!", "你好。", "再见。"),
        Row("Visit www.example.com. Then write.", "Visit www.example.com.", "Then write."),
        Row(""), Row(" \n\t "),
    ])
    func splits(_ row: Row) {
        #expect(SentenceSplitter().split(row.text).map(\.text) == row.expected)
    }

    @Test func marksHeadings() {
        let sentences = SentenceSplitter().split("Storm closes port\n\nThe port closed. It was late.")
        #expect(sentences.map(\.isHeading) == [true, false, false])
    }

    @Test func cutsTextWithoutPunctuationAtWhiteSpace() {
        let limit = SentenceSplitter.maximumSentenceCodePoints
        let text = String(repeating: "word ", count: limit)
        let sentences = SentenceSplitter().split(text)
        #expect(sentences.count >= 5)
        #expect(sentences.allSatisfy { $0.text.unicodeScalars.count <= limit })
        #expect(sentences.allSatisfy { $0.text.hasPrefix("word") && $0.text.hasSuffix("word") })
    }
}
