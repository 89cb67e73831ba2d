extension Library {
    /// Functions on strings by the positions of their code points.
    static let stringFunctions: [CELFunction] = [
        .receiver("charAt", [.string, .int], .string) { arguments, budget throws(CELError) in
            let text = try scalars(arguments, 0, &budget)
            let index = try position(arguments, 1, in: text)
            return .string(index == text.count ? "" : String(text[index]))
        },
        .receiver("indexOf", [.string, .string], .int) { arguments, budget throws(CELError) in
            try found(Search.first(of: scalars(arguments, 1, &budget), in: scalars(arguments, 0, &budget), &budget))
        },
        .receiver("indexOf", [.string, .string, .int], .int) { arguments, budget throws(CELError) in
            let text = try scalars(arguments, 0, &budget)
            let start = try position(arguments, 2, in: text)
            return try found(Search.first(of: scalars(arguments, 1, &budget), in: text, from: start, &budget))
        },
        .receiver("lastIndexOf", [.string, .string], .int) { arguments, budget throws(CELError) in
            let text = try scalars(arguments, 0, &budget)
            return try found(Search.last(of: scalars(arguments, 1, &budget), in: text, upTo: text.count, &budget))
        },
        .receiver("lastIndexOf", [.string, .string, .int], .int) { arguments, budget throws(CELError) in
            let text = try scalars(arguments, 0, &budget)
            let start = try position(arguments, 2, in: text)
            return try found(Search.last(of: scalars(arguments, 1, &budget), in: text, upTo: start, &budget))
        },
        .receiver("substring", [.string, .int], .string) { arguments, budget throws(CELError) in
            let text = try scalars(arguments, 0, &budget)
            return try .string(string(text[position(arguments, 1, in: text)...]))
        },
        .receiver("substring", [.string, .int, .int], .string) { arguments, budget throws(CELError) in
            let text = try scalars(arguments, 0, &budget)
            let start = try position(arguments, 1, in: text)
            let end = try position(arguments, 2, in: text)
            guard start <= end else {
                throw CELError(.invalidArgument, "A substring starts at \(start), after its end at \(end)")
            }
            return .string(string(text[start..<end]))
        },
        .receiver("lowerAscii", [.string], .string) { arguments, budget throws(CELError) in
            let text = try scalars(arguments, 0, &budget)
            return .string(string(text.map { ("A"..."Z").contains($0) ? shifted($0, by: 32) : $0 }[...]))
        },
        .receiver("upperAscii", [.string], .string) { arguments, budget throws(CELError) in
            let text = try scalars(arguments, 0, &budget)
            return .string(string(text.map { ("a"..."z").contains($0) ? shifted($0, by: -32) : $0 }[...]))
        },
        .receiver("trim", [.string], .string) { arguments, budget throws(CELError) in
            var text = try scalars(arguments, 0, &budget)[...]
            while text.first?.properties.isWhitespace == true { text.removeFirst() }
            while text.last?.properties.isWhitespace == true { text.removeLast() }
            return .string(string(text))
        },
        .receiver("reverse", [.string], .string) { arguments, budget throws(CELError) in
            .string(string(try scalars(arguments, 0, &budget).reversed()[...]))
        },
        .receiver("replace", [.string, .string, .string], .string) { arguments, budget throws(CELError) in
            .string(try replaced(arguments, limit: -1, &budget))
        },
        .receiver("replace", [.string, .string, .string, .int], .string) { arguments, budget throws(CELError) in
            .string(try replaced(arguments, limit: arguments.int(3), &budget))
        },
        .global("strings.quote", [.string], .string) { arguments, budget throws(CELError) in
            let text = try scalars(arguments, 0, &budget)
            let quoted = "\"" + text.map { quoteEscapes[$0] ?? String($0) }.joined() + "\""
            try budget.chargeString(bytes: quoted.utf8.count)
            return .string(quoted)
        },
        .receiver("format", [.string, .list(.dyn)], .string) { arguments, budget throws(CELError) in
            .string(try TextFormat.format(arguments.string(0), arguments.list(1), &budget))
        },
    ]

    private static let quoteEscapes: [Unicode.Scalar: String] = [
        "\u{07}": "\\a", "\u{08}": "\\b", "\u{0C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{0B}": "\\v",
        "\\": "\\\\", "\"": "\\\"",
    ]

    static func scalars(
        _ arguments: [CELValue], _ index: Int, _ budget: inout CELBudget
    ) throws(CELError) -> [Unicode.Scalar] {
        let text = try arguments.string(index)
        try budget.charge(bytes: text.utf8.count)
        return Array(text.unicodeScalars)
    }

    static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// A position argument; the end of the text is one, too.
    private static func position(
        _ arguments: [CELValue], _ index: Int, in text: [Unicode.Scalar]
    ) throws(CELError) -> Int {
        let value = try arguments.int(index)
        guard value >= 0, value <= text.count else {
            throw CELError(.indexOutOfRange, "Position \(value) is outside the string of \(text.count) code points")
        }
        return Int(value)
    }

    private static func found(_ place: Int?) -> CELValue { .int(Int64(place ?? -1)) }

    private static func shifted(_ scalar: Unicode.Scalar, by distance: Int32) -> Unicode.Scalar {
        Unicode.Scalar(UInt32(Int32(scalar.value) + distance)) ?? scalar
    }

    private static func replaced(
        _ arguments: [CELValue], limit: Int64, _ budget: inout CELBudget
    ) throws(CELError) -> String {
        let text = try scalars(arguments, 0, &budget)
        let old = try scalars(arguments, 1, &budget)
        let new = try arguments.string(2)
        let places = try Search.all(
            of: old, in: text, limit: limit < 0 ? .max : Int(clamping: limit), &budget)
        let (added, overflow) = places.count.multipliedReportingOverflow(by: new.utf8.count)
        try budget.chargeString(bytes: overflow ? .max : added)
        var result = ""
        var start = 0
        for place in places {
            result += string(text[start..<place]) + new
            start = place + old.count
        }
        result += string(text[start...])
        try budget.chargeString(bytes: result.utf8.count)
        return result
    }
}
