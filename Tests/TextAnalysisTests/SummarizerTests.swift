import Testing
import TextAnalysis

@Suite struct SummarizerTests {
    /// Three sentences about the flood and its dam, the rest about unrelated things.
    private static let crafted = """
        Flood report

        The river flood broke the old dam above the valley on Monday and flooded the valley farms. A bakery in the square \
        sold bread as usual. Engineers said the old dam failed because the river flood rose faster than the dam could \
        drain. My cousin collects stamps from distant islands. Valley farms lost their harvest when the flood from the \
        broken dam covered the fields. Tickets for the concert cost little. Children painted a yellow fence.
        """

    private static let short = """
        Nordvik council votes for bridge

        Nordvik Town Council voted on Thursday to build a bridge over the Teal River, ending ten years of argument. The \
        bridge will cost 30 million euros, and the council hopes that the state will pay half. Mayor Anna Lindahl said \
        work on the bridge would begin in spring. The weather was mild.
        """

    @Test func picksTheCentralSentences() {
        let summary = Summarizer(maxSentences: 3).summarize(Self.crafted)
        #expect(summary.sentences.map(\.index) == [1, 3, 5])
        #expect(summary.sentenceCount == 8)
        #expect(summary.method == "textrank" && !summary.isTruncated)
        #expect(summary.sentences.map(\.score).max() == 1)
    }

    @Test func textIsTheSentencesInDocumentOrder() {
        let summary = Summarizer(maxSentences: 2).summarize(Self.short)
        #expect(summary.text == summary.sentences.map(\.text).joined(separator: " "))
        #expect(summary.sentences.map(\.start) == summary.sentences.map(\.start).sorted())
        #expect(summary.sentences.first?.text.hasPrefix("Nordvik Town Council voted") == true)
        let scalars = Array(Self.short.unicodeScalars)
        for sentence in summary.sentences {
            let slice = scalars[sentence.start..<sentence.end].map(String.init).joined()
            #expect(slice == sentence.text)
        }
    }

    @Test(arguments: [(-1, 0), (0, 0), (1, 1), (3, 3), (4, 4), (100, 4)])
    func respectsTheMaximum(maxSentences: Int, expected: Int) {
        #expect(Summarizer(maxSentences: maxSentences).summarize(Self.short).sentences.count == expected)
    }

    @Test func leavesOutRepetitions() {
        let text = """
            The council approved the new bridge over the river today. The council approved the new bridge over the river \
            today. Opponents of the bridge promised to appeal against the council in court. Birds sang.
            """
        let summary = Summarizer(maxSentences: 3).summarize(text)
        #expect(summary.sentences.map(\.index) == [0, 2, 3])
    }

    @Test func textWithNothingToChooseFrom() {
        #expect(Summarizer().summarize("").sentences.isEmpty)
        #expect(Summarizer().summarize("").text == "" && Summarizer().summarize(" \n ").sentenceCount == 0)
        let bare = Summarizer().summarize("just some words without any punctuation")
        #expect(bare.text == "just some words without any punctuation" && bare.sentenceCount == 1)
        #expect(Summarizer().summarize("of the and to").sentences.count == 1)
        #expect(Summarizer().summarize("!?!").sentences.count == 1)
    }

    @Test func wrappedLinesAreJoined() {
        let summary = Summarizer(maxSentences: 1).summarize("The harbour opened\n  again on a cold and windy morning.")
        #expect(summary.text == "The harbour opened again on a cold and windy morning.")
    }

    @Test func longDocumentsAreBounded() {
        var text = ""
        for number in 0..<5_000 {
            text += "Sentence number \(number) mentions topic\(number % 97) and topic\(number % 89). "
        }
        let summary = Summarizer(maxSentences: 2_000).summarize(text)
        #expect(summary.sentenceCount == 5_000)
        #expect(summary.sentences.count <= Summarizer.maximumRankedSentences)
        #expect(!summary.sentences.isEmpty)
    }
}
