import TestSupport
import Testing

@testable import WorkflowCore

/// The graph of a definition as text, Mermaid and DOT.
@Suite struct DiagramTests {
    private func diagram(_ steps: [(String, [Int])]) -> WorkflowDiagram {
        WorkflowDiagram(
            title: "w version 1",
            nodes: steps.map { WorkflowDiagram.Node(name: $0.0, detail: "agent x", needs: $0.1) })
    }

    /// The drawing without its title and without what the steps do.
    private func drawing(_ steps: [(String, [Int])]) -> String {
        let lines = diagram(steps).drawn(as: .text).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropFirst(2).map { $0.replacing("  agent x", with: "") }.joined(separator: "\n")
    }

    @Test func aChainIsStraight() {
        #expect(
            drawing([("a", []), ("b", [0]), ("c", [1])]) == """
                ●  a
                │
                ●  b
                │
                ●  c

                """)
    }

    @Test func aDiamondPartsAndMeets() {
        #expect(
            drawing([("a", []), ("b", [0]), ("c", [0]), ("d", [1, 2])]) == """
                ●    a
                ├─╮
                │ ●  b
                │ │
                ● │  c
                ├─╯
                ●    d

                """)
    }

    @Test func stepsWithoutNeedsStandByThemselves() {
        #expect(drawing([("a", []), ("bb", [])]) == "●  a \n●  bb\n")
    }

    @Test func linesThatOnlyCrossHaveNoJoint() {
        // c joins a and waits for d; b goes on to the end.
        #expect(
            drawing([("a", []), ("b", []), ("c", []), ("d", [0, 2]), ("e", [1, 3])]) == """
                ●      a
                │ ●    b
                │ │ ●  c
                ├─│─╯
                ● │    d
                ├─╯
                ●      e

                """)
    }

    @Test func aStepListedBeforeItsNeedIsDrawnAfterIt() {
        #expect(drawing([("late", [1]), ("early", [])]) == "●  early\n│\n●  late \n")
    }

    @Test func aWideGraphIsAList() {
        let wide = (0..<30).map { ("s\($0)", [Int]()) } + [("end", Array(0..<30))]
        let text = diagram(wide).drawn(as: .text)
        #expect(text.hasPrefix("w version 1\n\n1. s0 (agent x)\n2. s1 (agent x)\n"))
        #expect(text.contains("31. end (agent x) after s0, s1, "))
    }

    @Test func everyStepOfARandomGraphIsDrawnAfterItsNeeds() {
        for seed in UInt64(1)...200 {
            var numbers = SplitMix(seed: seed)
            let count = Int.random(in: 1...12, using: &numbers)
            let steps = (0..<count).map { index in
                ("step\(index)", (0..<index).filter { _ in Int.random(in: 0..<3, using: &numbers) == 0 })
            }
            let lines = drawing(steps).split(separator: "\n")
            let places = steps.map { step in
                lines.firstIndex {
                    $0.contains("●") && $0.hasSuffix(" \(step.0)")
                        || $0.contains(" \(step.0) ")
                }
            }
            for (index, step) in steps.enumerated() {
                for need in step.1 { #expect((places[need] ?? .max) < (places[index] ?? -1), "\(lines)") }
            }
            #expect(lines.filter { $0.contains("●") }.count == count)
        }
    }

    @Test func mermaid() throws {
        let yaml = "workflow: w\nsteps:\n  end: { agent: work }\n  b: { agent: work, needs: [end] }\n"
        #expect(
            WorkflowDiagram(try load(yaml)).drawn(as: .mermaid) == """
                ---
                title: "w version 1"
                ---
                flowchart TD
                    s1["end<br/>agent work"]
                    s2["b<br/>agent work"]
                    s1 --> s2

                """)
    }

    @Test func dot() throws {
        let yaml = "workflow: w\nsteps:\n  node: { agent: work }\n  b: { agent: work, needs: [node] }\n"
        #expect(
            WorkflowDiagram(try load(yaml)).drawn(as: .dot) == """
                digraph {
                    label="w version 1"
                    labelloc=t
                    node [shape=box, style=rounded]
                    s1 [label="node\\nagent work"]
                    s2 [label="b\\nagent work"]
                    s1 -> s2
                }

                """)
    }

    @Test func everyKindOfStep() throws {
        let yaml = """
            workflow: w
            on_failure: { agent: work }
            steps:
              book: { agent: work, on_error: { handler: repair }, compensate: { agent: work } }
              repair: { set: { x: 1 } }
              each: { agent: work, needs: [book], foreach: { in: "${ input.docs }", as: doc } }
              ask: { signal: approved, needs: [each], when: "${ input.ask }" }
              rest: { wait: 1h30m, needs: [ask] }
              last: { wait: { until: "${ input.at }" }, needs: [rest] }
            """
        let diagram = WorkflowDiagram(try load(yaml))
        #expect(
            diagram.drawn(as: .text) == """
                w version 1

                ●    book        agent work, undone by agent work
                ├─╮
                │ ●  repair      set, on error of book
                │
                ●    each        agent work, for each doc
                │
                ●    ask         signal approved, when input.ask
                │
                ●    rest        wait 1h30m
                │
                ●    last        wait until input.at
                ●    on_failure  agent work

                """)
        #expect(diagram.drawn(as: .mermaid).contains("    s1 -. on error .-> s2\n    s1 --> s3\n"))
        #expect(diagram.drawn(as: .dot).contains("    s1 -> s2 [style=dashed, label=\"on error\"]\n"))
    }

    @Test func whatEndsATextIsEscaped() {
        let odd = WorkflowDiagram(
            title: "t\"\\",
            nodes: [.init(name: "a\"]", detail: "wait \"${ <b> & `c` }\" \\ #1\nnext", needs: [])])
        let mermaid = odd.drawn(as: .mermaid)
        #expect(mermaid.contains("title: \"t'/\"\n"))
        #expect(
            mermaid.contains(
                "s1[\"a#quot;]<br/>wait #quot;${ #lt;b#gt; #amp; #96;c#96; }#quot; \\ #35;1 next\"]\n"))
        let dot = odd.drawn(as: .dot)
        #expect(dot.contains("label=\"t\\\"\\\\\"\n"))
        #expect(dot.contains(#"s1 [label="a\"]\nwait \"${ <b> & `c` }\" \\ #1 next"]"# + "\n"))
        #expect(odd.drawn(as: .text).hasSuffix("●  a\"]  wait \"${ <b> & `c` }\" \\ #1 next\n"))
    }
}
