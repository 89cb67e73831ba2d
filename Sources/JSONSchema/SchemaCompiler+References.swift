import PerdureJSON

extension SchemaCompiler {
    /// What a reference leads to; with the anchor if that is a dynamic one, which the way taken may replace.
    func resolve(
        _ value: JSONValue, _ place: JSONPointer, _ resource: Int
    ) throws(JSONSchemaError) -> (node: Int, dynamicAnchor: ExactKey?) {
        guard let text = value.stringValue else {
            throw SchemaScanner.invalid(place, "'\(place.tokens.last ?? "")' must be a string.")
        }
        let target = URIReference(text).resolved(against: URIReference(resources[resource].uri))
        guard let owner = scanner.resourceOfURI[ExactKey(target.withoutFragment)] else {
            let message = """
                The reference '\(text)' leads out of the document and schemas are not fetched; \
                copy what it names under '$defs'.
                """
            throw JSONSchemaError(code: .remoteReference, message: message, pointer: place)
        }
        guard let fragment = URIReference.decodingPercents(target.fragment ?? "") else {
            throw unresolved(text, place, "its percent escapes are malformed")
        }
        if fragment.isEmpty || fragment.utf8.first == UInt8(ascii: "/") {
            let relative: JSONPointer
            do throws(JSONError) {
                relative = try JSONPointer(parsing: fragment)
            } catch {
                throw unresolved(text, place, "it is not a JSON pointer")
            }
            let absolute = JSONPointer(resources[owner].pointer.tokens + relative.tokens)
            guard let node = scanner.index(of: absolute, in: resources[owner].document) else {
                throw unresolved(text, place, "there is no schema at that place")
            }
            return (node, nil)
        }
        let name = ExactKey(fragment)
        guard let pointer = resources[owner].anchors[name],
            let node = scanner.index(of: pointer, in: resources[owner].document)
        else {
            throw unresolved(text, place, "there is no such '$anchor'")
        }
        return (node, resources[owner].dynamicNodes[name] == node ? name : nil)
    }

    private func unresolved(_ text: String, _ place: JSONPointer, _ reason: String) -> JSONSchemaError {
        let message = "The reference '\(text)' cannot be resolved: \(reason)."
        return JSONSchemaError(code: .unresolvedReference, message: message, pointer: place)
    }
}
