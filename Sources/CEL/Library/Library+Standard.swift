extension Library {
    private static let item = CELType.parameter("A")

    /// `size`, `type` and `dyn`.
    static let accessFunctions: [CELFunction] = [
        CELFunction("size", sizes(isReceiver: false) + sizes(isReceiver: true)),
        .global("type", [item], .type) { arguments, _ throws(CELError) in .type(arguments[0].type) },
        .global("dyn", [item], .dyn) { arguments, _ throws(CELError) in arguments[0] },
    ]

    private static func sizes(isReceiver: Bool) -> [CELOverload] {
        [
            CELOverload([.string], isReceiver: isReceiver, returns: .int) { arguments, budget throws(CELError) in
                let text = try arguments.string(0)
                try budget.charge(bytes: text.utf8.count)
                return .int(Int64(text.unicodeScalars.count))
            },
            CELOverload([.bytes], isReceiver: isReceiver, returns: .int) { arguments, _ throws(CELError) in
                .int(Int64(try arguments.bytes(0).count))
            },
            CELOverload([.list(item)], isReceiver: isReceiver, returns: .int) { arguments, _ throws(CELError) in
                .int(Int64(try arguments.list(0).count))
            },
            CELOverload(
                [.map(item, .parameter("B"))], isReceiver: isReceiver, returns: .int
            ) { arguments, _ throws(CELError) in
                .int(Int64(try arguments.map(0).count))
            },
        ]
    }

    /// `contains`, `startsWith`, `endsWith` and `matches`. Text compares by its bytes, which for UTF-8 is the same as
    /// by its code points.
    static let textFunctions: [CELFunction] = [
        .receiver("contains", [.string, .string], .bool) { arguments, budget throws(CELError) in
            let text = Array(try arguments.string(0).utf8)
            return .bool(try Search.first(of: Array(try arguments.string(1).utf8), in: text, &budget) != nil)
        },
        .receiver("startsWith", [.string, .string], .bool) { arguments, budget throws(CELError) in
            let prefix = try arguments.string(1).utf8
            try budget.charge(bytes: prefix.count)
            return .bool(try arguments.string(0).utf8.starts(with: prefix))
        },
        .receiver("endsWith", [.string, .string], .bool) { arguments, budget throws(CELError) in
            let text = try arguments.string(0).utf8
            let suffix = try arguments.string(1).utf8
            try budget.charge(bytes: suffix.count)
            return .bool(text.count >= suffix.count && text.suffix(suffix.count).elementsEqual(suffix))
        },
        CELFunction(
            "matches",
            [false, true].map { isReceiver in
                CELOverload([.string, .string], isReceiver: isReceiver, returns: .bool) {
                    arguments, budget throws(CELError) in
                    let pattern = try arguments.string(1)
                    try budget.charge(pattern.utf8.count)
                    let regex = try CompiledRegex(pattern)
                    // A few characters may become thousands of instructions, each some ten nanoseconds to make.
                    try budget.charge(regex.instructionCount / 4)
                    return .bool(try regex.matches(arguments.string(0), &budget))
                }
            }),
    ]
}
