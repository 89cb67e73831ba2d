/// The arguments of a built-in function by type. The overload's signature has been held to already; the error is for a
/// signature that does not agree with its body.
extension [CELValue] {
    private func mismatch(_ index: Int, _ type: CELType) -> CELError {
        CELError(.noMatchingOverload, "Argument \(index + 1) must be of type \(type)")
    }

    func int(_ index: Int) throws(CELError) -> Int64 {
        guard case .int(let value) = self[index] else { throw mismatch(index, .int) }
        return value
    }

    func uint(_ index: Int) throws(CELError) -> UInt64 {
        guard case .uint(let value) = self[index] else { throw mismatch(index, .uint) }
        return value
    }

    func double(_ index: Int) throws(CELError) -> Double {
        guard case .double(let value) = self[index] else { throw mismatch(index, .double) }
        return value
    }

    func bool(_ index: Int) throws(CELError) -> Bool {
        guard case .bool(let value) = self[index] else { throw mismatch(index, .bool) }
        return value
    }

    func string(_ index: Int) throws(CELError) -> String {
        guard case .string(let value) = self[index] else { throw mismatch(index, .string) }
        return value
    }

    func bytes(_ index: Int) throws(CELError) -> [UInt8] {
        guard case .bytes(let value) = self[index] else { throw mismatch(index, .bytes) }
        return value
    }

    func list(_ index: Int) throws(CELError) -> [CELValue] {
        guard case .list(let value) = self[index] else { throw mismatch(index, .list(.dyn)) }
        return value
    }

    func map(_ index: Int) throws(CELError) -> CELMap {
        guard case .map(let value) = self[index] else { throw mismatch(index, .map(.dyn, .dyn)) }
        return value
    }

    func timestamp(_ index: Int) throws(CELError) -> CELTimestamp {
        guard case .timestamp(let value) = self[index] else { throw mismatch(index, .timestamp) }
        return value
    }

    func duration(_ index: Int) throws(CELError) -> CELDuration {
        guard case .duration(let value) = self[index] else { throw mismatch(index, .duration) }
        return value
    }

    func address(_ index: Int) throws(CELError) -> CELAddress {
        guard case .address(let value) = self[index] else { throw mismatch(index, .address) }
        return value
    }

    func network(_ index: Int) throws(CELError) -> CELNetwork {
        guard case .network(let value) = self[index] else { throw mismatch(index, .network) }
        return value
    }

    func optional(_ index: Int) throws(CELError) -> CELValue? {
        guard case .optional(let value) = self[index] else { throw mismatch(index, .optional(.dyn)) }
        return value
    }
}
