import CEL
import FoundationEssentials

/// What expressions can draw from the identity of their execution: ids and numbers that look like chance and are the same
/// whenever and wherever they are computed, so that a repeated attempt or another coordinator gets the same ones.
enum ExecutionFunctions {
    /// The type of the variable `execution`, on which they are called.
    static let receiver = CELType.object(
        CELObjectType(name: "execution", fields: ["id": .string, "workflow_id": .string, "version": .int]))

    /// A SHA-256 of a short text costs about as much as this many nodes.
    private static let digestUnits = 20

    /// `execution.uuid(name)` and `execution.hash(name)`.
    static let all: [CELFunction] = [
        CELFunction(
            "uuid",
            [
                CELOverload([receiver, .string], isReceiver: true, returns: .string) {
                    arguments, budget throws(CELError) in
                    .string(uuid(try digest(arguments, &budget)[..<16]))
                }
            ]),
        CELFunction(
            "hash",
            [
                CELOverload([receiver, .string], isReceiver: true, returns: .int) {
                    arguments, budget throws(CELError) in
                    // Other bytes than those of the UUID, so that the two tell nothing of each other, and no sign.
                    let bits = try digest(arguments, &budget)[16..<24].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    return .int(Int64(bits >> 1))
                }
            ]),
    ]

    /// The digest of the execution's id and a name.
    private static func digest(
        _ arguments: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> [UInt8] {
        guard case .map(let execution) = arguments[0], case .string(let text)? = execution["id"],
            let id = ExecutionID(text), case .string(let name) = arguments[1]
        else { throw CELError(.invalidArgument, "This is not the execution; write execution.uuid('name')") }
        try budget.charge(digestUnits)
        try budget.charge(bytes: name.utf8.count * digestUnits)
        return SHA256.digest(of: withUnsafeBytes(of: id.uuid.uuid) { Array($0) } + Array(name.utf8))
    }

    /// A UUID of version 8 from the first half of a digest (RFC 9562, sections 5.8 and B.2).
    private static func uuid(_ half: ArraySlice<UInt8>) -> String {
        var bytes = Array(half)
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes.enumerated().reduce(into: "") { text, item in
            if [4, 6, 8, 10].contains(item.offset) { text += "-" }
            text += (item.element < 16 ? "0" : "") + String(item.element, radix: 16)
        }
    }
}
