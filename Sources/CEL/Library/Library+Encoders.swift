import FoundationEssentials

extension Library {
    /// `base64.encode` and `base64.decode`.
    static let encoderFunctions: [CELFunction] = [
        .global("base64.encode", [.bytes], .string) { arguments, budget throws(CELError) in
            let bytes = try arguments.bytes(0)
            // Four characters for every three bytes begun.
            try budget.chargeString(bytes: (bytes.count + 2) / 3 * 4)
            return .string(Data(bytes).base64EncodedString())
        },
        .global("base64.decode", [.string], .bytes) { arguments, budget throws(CELError) in
            let text = try arguments.string(0)
            try budget.chargeString(bytes: text.utf8.count)
            // Padding may be left out; the decoder insists on it.
            let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
            guard let data = Data(base64Encoded: text + padding) else {
                throw CELError(.invalidArgument, "The text is not valid base64")
            }
            return .bytes(Array(data))
        },
    ]
}
