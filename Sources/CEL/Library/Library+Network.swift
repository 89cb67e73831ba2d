extension Library {
    /// What can be asked of addresses and networks.
    static let networkFunctions: [CELFunction] = [
        .receiver("family", [.address], .int) { arguments, _ throws(CELError) in
            .int(Int64(try arguments.address(0).family))
        },
        onAddress("isUnspecified") { $0.isUnspecified },
        onAddress("isLoopback") { $0.isLoopback },
        onAddress("isGlobalUnicast") { $0.isGlobalUnicast },
        onAddress("isLinkLocalMulticast") { $0.isLinkLocalMulticast },
        onAddress("isLinkLocalUnicast") { $0.isLinkLocalUnicast },
        .receiver("containsIP", [.network, .address], .bool) { arguments, _ throws(CELError) in
            .bool(try arguments.network(0).contains(arguments.address(1)))
        },
        .receiver("containsIP", [.network, .string], .bool) { arguments, budget throws(CELError) in
            .bool(try arguments.network(0).contains(CELAddress(text: text(arguments, 1, &budget))))
        },
        .receiver("containsCIDR", [.network, .network], .bool) { arguments, _ throws(CELError) in
            .bool(try arguments.network(0).contains(arguments.network(1)))
        },
        .receiver("containsCIDR", [.network, .string], .bool) { arguments, budget throws(CELError) in
            .bool(try arguments.network(0).contains(CELNetwork(text: text(arguments, 1, &budget))))
        },
        .receiver("ip", [.network], .address) { arguments, _ throws(CELError) in
            .address(try arguments.network(0).address)
        },
        .receiver("masked", [.network], .network) { arguments, _ throws(CELError) in
            .network(try arguments.network(0).masked)
        },
        .receiver("prefixLength", [.network], .int) { arguments, _ throws(CELError) in
            .int(Int64(try arguments.network(0).prefixLength))
        },
    ]

    /// `ip`, `cidr` and `string`, and whether a text is an address or a network.
    static let networkTextFunctions: [CELFunction] = [
        .global("ip", [.string], .address) { arguments, budget throws(CELError) in
            .address(try CELAddress(text: text(arguments, 0, &budget)))
        },
        .global("isIP", [.string], .bool) { arguments, budget throws(CELError) in
            let text = try text(arguments, 0, &budget)
            return .bool((try? CELAddress(text: text)) != nil)
        },
        .global("ip.isCanonical", [.string], .bool) { arguments, budget throws(CELError) in
            let text = try text(arguments, 0, &budget)
            return .bool(try CELAddress(text: text).description == text)
        },
        .global("cidr", [.string], .network) { arguments, budget throws(CELError) in
            .network(try CELNetwork(text: text(arguments, 0, &budget)))
        },
        .global("isCIDR", [.string], .bool) { arguments, budget throws(CELError) in
            let text = try text(arguments, 0, &budget)
            return .bool((try? CELNetwork(text: text)) != nil)
        },
        .global("string", [.address], .string) { arguments, _ throws(CELError) in
            .string(try arguments.address(0).description)
        },
        .global("string", [.network], .string) { arguments, _ throws(CELError) in
            .string(try arguments.network(0).description)
        },
    ]

    private static func onAddress(
        _ name: String, _ ask: @escaping @Sendable (CELAddress) -> Bool
    ) -> CELFunction {
        .receiver(name, [.address], .bool) { arguments, _ throws(CELError) in .bool(ask(try arguments.address(0))) }
    }

    /// The text of an argument, paid for: looking it through takes time in the order of its length.
    private static func text(
        _ arguments: [CELValue], _ index: Int, _ budget: inout CELBudget
    ) throws(CELError) -> String {
        let text = try arguments.string(index)
        try budget.charge(bytes: text.utf8.count)
        return text
    }
}
