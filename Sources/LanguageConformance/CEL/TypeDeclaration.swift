import CEL

/// Reads types and declarations out of protobuf's text form.
enum TypeDeclaration {
    /// The type, or nil if it is one of protobuf's messages, which this implementation does not have.
    static func type(_ message: TextMessage) -> CELType? {
        guard let field = message.fields.first else { return nil }
        switch (field.name, field.text, field.message) {
        case ("primitive", .some(let name), _): return primitives[name]
        case ("null", _, _): return .null
        case ("dyn", _, _): return .dyn
        case ("type_param", .some(let name), _): return .parameter(name)
        case ("message_type", "google.protobuf.Timestamp", _): return .timestamp
        case ("message_type", "google.protobuf.Duration", _): return .duration
        case ("list_type", _, .some(let list)): return list.message("elem_type").flatMap(type).map { .list($0) }
        case ("map_type", _, .some(let map)):
            guard let key = map.message("key_type").flatMap(type), let value = map.message("value_type").flatMap(type)
            else { return nil }
            return .map(key, value)
        case ("abstract_type", _, .some(let abstract)):
            let parameters = abstract.messages("parameter_types").compactMap(type)
            guard let name = abstract.text("name") else { return nil }
            return name == "optional_type" && parameters.count == 1
                ? .optional(parameters[0]) : .opaque(name, parameters)
        default: return nil
        }
    }

    /// The environment with a declaration's variable or function; nil if its type is not to be had.
    static func declare(
        _ source: String, in variables: inout [String: CELType], _ functions: inout [CELFunction]
    ) throws
        -> Bool
    {
        let message = try TextMessage(source)
        guard let name = message.text("name") else { throw ConformanceError("A declaration has no name") }
        if let variable = message.message("ident") {
            guard let type = variable.message("type").flatMap(type) else { return false }
            variables[name] = type
            return true
        }
        var overloads: [CELOverload] = []
        for overload in message.message("function")?.messages("overloads") ?? [] {
            let parameters = overload.messages("params").compactMap(type)
            guard let result = overload.message("result_type").flatMap(type) else { return false }
            overloads.append(
                CELOverload(parameters, returns: result) { _, _ throws(CELError) in
                    throw CELError(.invalidArgument, "The function is declared only")
                })
        }
        functions.append(CELFunction(name, overloads))
        return true
    }

    private static let primitives: [String: CELType] = [
        "BOOL": .bool, "INT64": .int, "UINT64": .uint, "DOUBLE": .double, "STRING": .string, "BYTES": .bytes,
    ]
}
