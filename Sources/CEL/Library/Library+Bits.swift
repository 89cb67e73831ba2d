extension Library {
    /// Operations on the bits of integers.
    static let bitFunctions: [CELFunction] =
        pairwise("math.bitAnd", { $0 & $1 }, { $0 & $1 }) + pairwise("math.bitOr", { $0 | $1 }, { $0 | $1 })
        + pairwise("math.bitXor", { $0 ^ $1 }, { $0 ^ $1 })
        + [
            .global("math.bitNot", [.int], .int) { arguments, _ throws(CELError) in .int(~(try arguments.int(0))) },
            .global("math.bitNot", [.uint], .uint) { arguments, _ throws(CELError) in
                .uint(~(try arguments.uint(0)))
            },
            .global("math.bitShiftLeft", [.int, .int], .int) { arguments, _ throws(CELError) in
                .int(try arguments.int(0) << distance(arguments))
            },
            .global("math.bitShiftLeft", [.uint, .int], .uint) { arguments, _ throws(CELError) in
                .uint(try arguments.uint(0) << distance(arguments))
            },
            // The sign is not carried along: zeros come in from the left.
            .global("math.bitShiftRight", [.int, .int], .int) { arguments, _ throws(CELError) in
                .int(Int64(bitPattern: UInt64(bitPattern: try arguments.int(0)) >> (try distance(arguments))))
            },
            .global("math.bitShiftRight", [.uint, .int], .uint) { arguments, _ throws(CELError) in
                .uint(try arguments.uint(0) >> distance(arguments))
            },
        ]

    private static func pairwise(
        _ name: String, _ ints: @escaping @Sendable (Int64, Int64) -> Int64,
        _ uints: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> [CELFunction] {
        [
            .global(name, [.int, .int], .int) { arguments, _ throws(CELError) in
                .int(ints(try arguments.int(0), try arguments.int(1)))
            },
            .global(name, [.uint, .uint], .uint) { arguments, _ throws(CELError) in
                .uint(uints(try arguments.uint(0), try arguments.uint(1)))
            },
        ]
    }

    private static func distance(_ arguments: [CELValue]) throws(CELError) -> Int64 {
        let distance = try arguments.int(1)
        guard distance >= 0 else { throw CELError(.invalidArgument, "A shift by \(distance) bits is negative") }
        return distance
    }
}
