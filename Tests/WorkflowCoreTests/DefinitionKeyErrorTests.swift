import Testing

@testable import WorkflowCore

/// Mistakes in the keys around a step, each with its place, what was expected, and a suggestion where one is close.
@Suite struct DefinitionKeyErrorTests {
    /// The one error of a step `a`, without its file, line and column.
    private func mistake(_ step: String, _ location: SourceLocation = #_sourceLocation) -> String {
        let found = errors(
            in:
                "workflow: w\ninput: { type: object, properties: { n: { type: integer } } }\nsteps:\n  b: { agent: work }\n  a: \(step)"
        )
        #expect(found.count == 1, "\(found.map(\.summary))", sourceLocation: location)
        return found.first.map { "\($0.line):\($0.column): \($0.key): \($0.message)" } ?? ""
    }

    @Test func aStepDoesOneThing() {
        #expect(
            mistake("{ agent: work, set: 1 }")
                == "5:21: steps.a.set: A step does one thing, and this one has 'agent' and 'set'; make two steps of it."
        )
        #expect(
            mistake("{ set: 1, retry: {} }")
                == "5:16: steps.a.retry: 'retry' belongs to steps with 'agent' or 'workflow', and this one has 'set'; remove it."
        )
        #expect(
            mistake("{ signal: s, timeout: 1d }")
                == "5:19: steps.a.timeout: 'timeout' belongs to steps with 'agent' or 'workflow', and this one has 'signal'; "
                + "remove it. Write it within 'signal'.")
    }

    @Test func waits() {
        #expect(
            mistake("{ wait: 5 }")
                == "5:14: steps.a.wait: A duration is a number with a unit, e.g. 500ms, 30s, 10m, 2h, 1d or 1h30m; found 5."
        )
        #expect(
            mistake("{ wait: { until: tomorrow } }")
                == "5:23: steps.a.wait.until: A time has a date, a time of day and a zone, e.g. 2026-12-24T18:00:00Z; "
                + "found \"tomorrow\".")
        #expect(mistake("{ wait: { until: 2026-12-24 } }").contains("A time has a date"))
        #expect(
            mistake("{ wait: { for: 1s, until: 2026-12-24T18:00:00Z } }")
                == "5:14: steps.a.wait: 'wait' is a duration, { for: DURATION } or { until: TIME }; write one of them.")
        #expect(mistake("{ wait: {} }").contains("write one of them"))
        #expect(
            mistake("{ wait: { untill: '2026-12-24T18:00:00Z', for: 1s } }")
                == "5:16: steps.a.wait.untill: Unknown key 'untill'. Did you mean 'until'? Known here: for, until.")
        #expect(
            mistake("{ wait: '${ input.n }' }")
                == "5:14: steps.a.wait: The expression gives int, and a duration is needed, e.g. '5m' or duration('5m')."
        )
        #expect(
            mistake("{ wait: \"${ timestamp('2026-12-24T18:00:00Z') }\" }").hasSuffix("A time goes under 'until'."))
        #expect(mistake("{ wait: { until: \"${ duration('5s') }\" } }").hasSuffix("A duration goes under 'for'."))
    }

    @Test func durationsOutOfRange() {
        for (text, message) in [
            ("0s", "A duration must be above zero; found \"0s\"."),
            ("3654d", "A duration is ten years at most, which is 3653d; found \"3654d\"."),
            (
                "99999999999999999999s",
                "A duration is ten years at most, which is 3653d; found \"99999999999999999999s\"."
            ),
            ("1m1h", "The largest unit of a duration comes first, and each once, e.g. 1h30m; found \"1m1h\"."),
            ("1m1m", "The largest unit of a duration comes first, and each once, e.g. 1h30m; found \"1m1m\"."),
            ("1m1", "A duration is a number with a unit, e.g. 500ms, 30s, 10m, 2h, 1d or 1h30m; found \"1m1\"."),
        ] {
            #expect(mistake("{ wait: \(text) }") == "5:14: steps.a.wait: \(message)")
        }
    }

    @Test func signals() {
        #expect(
            mistake("{ signal: { timeout: 1d } }")
                == "5:16: steps.a.signal: The key 'name' is missing; name the signal that the step waits for.")
        #expect(mistake("{ signal: a.b }").contains("The signal must be a letter followed by"))
        #expect(
            mistake("{ signal: { name: s, on_timeout: continue } }").contains(
                "'on_timeout' says what happens past 'timeout'; give that too."))
        #expect(
            mistake("{ signal: { name: s, timeout: 1d, on_timeout: contineu } }").hasSuffix(
                "This is fail or continue; found \"contineu\". Did you mean 'continue'?"))
    }

    @Test func conditions() {
        let form = "'when' is an expression that gives true or false, e.g. \"${ input.count > 3 }\""
        #expect(
            mistake("{ agent: work, when: input.n > 3 }")
                == "5:27: steps.a.when: \(form); put all of it between ${ and }.")
        #expect(mistake("{ agent: work, when: '${ input.n }' }") == "5:27: steps.a.when: \(form); this one gives int.")
        #expect(mistake("{ agent: work, when: '${ input.n } > 3' }").hasSuffix("put all of it between ${ and }."))
        #expect(mistake("{ agent: work, when: [1] }") == "5:27: steps.a.when: \(form); found a list.")
        #expect(mistake("{ agent: work, when: '${ steps.b.output }' }").contains("add it: needs: [b]."))
        #expect(
            mistake("{ agent: work, needs: [b], when: \"${ steps.b.statsu == 'FAILED' }\" }").contains(
                "Did you mean 'status'?"))
    }

    @Test func loops() {
        #expect(
            mistake("{ agent: work, foreach: '${ input.n }' }")
                == "5:30: steps.a.foreach: 'foreach' is a mapping, e.g. { in: \"${ input.items }\", as: item }; found text."
        )
        #expect(
            mistake("{ agent: work, foreach: { as: x } }").contains(
                "The key 'in' is missing; give the list, e.g. in: \"${ input.items }\"."))
        #expect(
            mistake("{ agent: work, foreach: { in: '${ input.n }' } }").hasSuffix(
                "'in' is a list, or an expression that gives one; found an expression that gives int."))
        #expect(
            mistake("{ agent: work, foreach: { in: { a: 1 } } }").hasSuffix(
                "'in' is a list, or an expression that gives one; found a mapping."))
        #expect(
            mistake("{ agent: work, foreach: { in: '${ {\"a\": 1} }' } }").hasSuffix(
                "'in' is a list, and the expression gives a map; write `MAP.map(key, …)` to make a list of it."))
        for name in ["input", "in", "index", "a-b", "1x"] {
            #expect(
                mistake("{ agent: work, foreach: { in: [1], as: \(name) } }").contains(
                    "The variable is a letter followed by letters, digits or '_', e.g. item; \"\(name)\""))
        }
        #expect(
            mistake("{ agent: work, foreach: { in: [1], max_concurrency: 0 } }").hasSuffix(
                "The number of items at work at a time is a whole number from 1 to 1000; found 0."))
        #expect(
            mistake("{ agent: work, foreach: { in: [1], tolerate: 101% } }").hasSuffix(
                "'tolerate' is how many items may fail: a whole number from 0, or a percentage from 0% to 100%; found \"101%\"."
            ))
        #expect(mistake("{ agent: work, foreach: { in: [1], min_success: 0 } }").contains("that have to succeed"))
        #expect(
            mistake("{ agent: work, foreach: { in: [1], as: doc }, with: { x: '${ dok }' } }").hasSuffix(
                "Undeclared name 'dok'. Did you mean 'doc'?"))
        // What an item is follows from the list.
        #expect(
            mistake("{ agent: work, foreach: { in: '${ [1, 2] }' }, with: { x: '${ item.name }' } }").contains(
                "A value of type int has no fields"))
        // An item has no name where there are no items.
        #expect(mistake("{ agent: work, foreach: { in: '${ [item] }' } }").contains("Undeclared name 'item'"))
    }

    @Test func failures() {
        #expect(
            mistake("{ agent: work, on_error: contine }")
                == "5:31: steps.a.on_error: 'on_error' is fail, continue or { handler: STEP }; found \"contine\". "
                + "Did you mean 'continue'?")
        #expect(
            mistake("{ agent: work, on_error: { handler: c } }").contains("There is no step 'c'."))
        #expect(
            mistake("{ agent: work, on_error: { handler: a } }").hasSuffix(
                "A step cannot handle its own failure; name another."))
        #expect(mistake("{ agent: work, on_error: { hander: b } }").contains("Did you mean 'handler'?"))
        #expect(mistake("{ agent: work, on_error: {} }").hasSuffix("found an empty mapping."))
        #expect(
            mistake("{ agent: work, on_error: { handler: b } }\n  c: { agent: work, on_error: { handler: b } }")
                .hasSuffix(
                    "'b' is the handler of 'a' already; give each step a handler of its own, or use 'on_failure' for the whole "
                        + "workflow."))
    }

    @Test func handlersAndNeedsMayMakeACircle() {
        let found = summaries(
            """
            workflow: w
            steps:
              a: { agent: work, on_error: { handler: h } }
              b: { agent: work, needs: [a] }
              h: { agent: work, needs: [b] }
            """)
        #expect(
            found == [
                "test.yaml:4:3: steps.b.needs: These steps wait for each other: b → h → b; remove one of the needs. A step "
                    + "that needs one with a handler waits for the handler too."
            ])
        #expect(
            summaries(
                """
                workflow: w
                steps:
                  a: { agent: work, on_error: { handler: b } }
                  b: { agent: work, on_error: { handler: a } }
                  c: { agent: work, needs: [a] }
                """
            ).first?.contains("wait for each other") == true)
    }

    @Test func compensations() {
        #expect(
            mistake("{ agent: work, compensate: work }").hasSuffix(
                "This is a mapping with the key 'agent'; found text."))
        #expect(
            mistake("{ agent: work, compensate: { with: {} } }").hasSuffix(
                "The key 'agent' is missing; name the agent that does the work."))
        #expect(
            mistake("{ agent: work, compensate: { agent: work, pure: true } }").hasSuffix(
                "Unknown key 'pure'. Known here: agent, with, retry, timeout."))
        #expect(
            mistake("{ agent: work, compensate: { agent: work, with: { x: '${ steps.b.output }' } } }").contains(
                "add it: needs: [b]."))
        #expect(
            mistake("{ agent: work, compensate: { agent: work, with: { x: '${ error.cod }' } } }").contains(
                "Did you mean 'code'?"))
    }

    @Test func whatBelongsToTheWorkflow() {
        let tail = "\nsteps: { a: { agent: work } }"
        #expect(
            summaries("workflow: w\npriority: 10" + tail) == [
                "test.yaml:2:11: priority: The priority is a whole number from 0 to 9; found 10."
            ])
        #expect(
            summaries("workflow: w\ndeprecated: 1" + tail) == [
                "test.yaml:2:13: deprecated: This is true, false, or a text that says what to use instead; found 1."
            ])
        #expect(
            summaries("workflow: w\non_failure: { agent: wrok }" + tail).first?.contains("Did you mean 'work'?") == true
        )
        #expect(
            summaries("workflow: w\non_failure: { agent: work, with: { x: '${ steps.b.status }' } }" + tail).first?
                .contains("steps has no field 'b'") == true)
    }

    @Test func aDeprecatedWorkflowLoads() throws {
        let tail = "\nsteps: { a: { agent: work } }"
        #expect(try load("workflow: w\ndeprecated: use v" + tail).deprecation == "use v")
        #expect(try load("workflow: w\ndeprecated: true" + tail).deprecation == "")
        #expect(try load("workflow: w\ndeprecated: false" + tail).deprecation == nil)
    }
}
