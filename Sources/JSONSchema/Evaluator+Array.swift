import PerdureJSON

extension Evaluator {
    mutating func applyToArray(
        _ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ elements: [JSONValue], _ own: inout Evaluated
    ) -> Bool {
        switch keyword.rule {
        case .items(let prefix, let rest): return applyItems(prefix, rest, keyword, node, elements, &own)
        case .contains(let child, let minimum, let maximum):
            return applyContains(child, minimum, maximum, keyword, node, elements, &own)
        case .itemCount(let limit, let isUpper):
            if isUpper ? elements.count <= limit : elements.count >= limit { return true }
            return fail(
                keyword, node, "Expected at \(isUpper ? "most" : "least") \(limit) elements, found \(elements.count).")
        case .uniqueItems: return applyUniqueItems(keyword, node, elements)
        case .unevaluatedItems(let rest):
            guard !own.allItems else { return true }
            var isValid = true
            for index in elements.indices.dropFirst(own.itemPrefix) where !own.items.contains(index) {
                guard !judgeExtra(rest, index, elements[index], keyword, node) else { continue }
                isValid = false
                if isQuiet { break }
            }
            own.allItems = true
            return isValid
        default: return true
        }
    }

    private mutating func applyItems(
        _ prefix: [Int], _ rest: Int?, _ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ elements: [JSONValue],
        _ own: inout Evaluated
    ) -> Bool {
        var isValid = true
        for (index, child) in prefix.enumerated().prefix(elements.count) {
            guard !evaluate(child, part: elements[index], at: .index(index)) else { continue }
            isValid = false
            if isQuiet { return false }
        }
        own.itemPrefix = max(own.itemPrefix, min(prefix.count, elements.count))
        guard let rest else { return isValid }
        let asKeyword = SchemaNode.Keyword(name: "items", rule: keyword.rule)
        for index in elements.indices.dropFirst(prefix.count) {
            guard !judgeExtra(rest, index, elements[index], asKeyword, node) else { continue }
            isValid = false
            if isQuiet { return false }
        }
        own.allItems = true
        return isValid
    }

    private mutating func applyContains(
        _ child: Int, _ minimum: Int, _ maximum: Int?, _ keyword: SchemaNode.Keyword, _ node: SchemaNode,
        _ elements: [JSONValue], _ own: inout Evaluated
    ) -> Bool {
        var count = 0
        for (index, element) in elements.enumerated() {
            var ignored = Evaluated()
            guard isSatisfied(child, by: element, &ignored) else { continue }
            count += 1
            if schema.tracksEvaluation {
                own.items.insert(index)
            } else if count >= minimum, maximum == nil {
                return true
            }
        }
        if count < minimum {
            let asKeyword = SchemaNode.Keyword(name: minimum > 1 ? "minContains" : "contains", rule: keyword.rule)
            return fail(
                asKeyword, node, "Expected at least \(minimum) elements that match 'contains', found \(count).")
        }
        if let maximum, count > maximum {
            let asKeyword = SchemaNode.Keyword(name: "maxContains", rule: keyword.rule)
            return fail(
                asKeyword, node, "Expected at most \(maximum) elements that match 'contains', found \(count).")
        }
        return true
    }

    private mutating func applyUniqueItems(
        _ keyword: SchemaNode.Keyword, _ node: SchemaNode, _ elements: [JSONValue]
    ) -> Bool {
        guard spend(elements.count, at: node) else { return false }
        var firstPlace: [JSONValue: Int] = [:]
        firstPlace.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            if let first = firstPlace.updateValue(index, forKey: element) {
                return fail(
                    keyword, node,
                    "Expected elements that are all different, but those at \(first) and \(index) are both \(element.excerpt)."
                )
            }
        }
        return true
    }

    /// Judges an element that no other keyword names; a plain `false` is explained in terms of the element.
    private mutating func judgeExtra(
        _ child: Int, _ index: Int, _ value: JSONValue, _ keyword: SchemaNode.Keyword, _ node: SchemaNode
    ) -> Bool {
        guard schema.nodes[child].boolean == false else { return evaluate(child, part: value, at: .index(index)) }
        guard spend(1, at: node) else { return false }
        return fail(keyword, node, at: .index(index), "No more than \(index) elements are allowed; remove this one.")
    }
}
