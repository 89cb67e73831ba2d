import PerdureJSON

extension JSONValue {
    /// Where it first differs from another value, as a path such as `steps.a.with[2]`; empty where the two have nothing in
    /// common, nil when they are equal.
    func firstDifference(from other: JSONValue) -> String? { path(from: other, at: "") }

    private func path(from other: JSONValue, at place: String) -> String? {
        guard self != other else { return nil }
        switch (other, self) {
        case (.object(let left), .object(let right)):
            for key in left.keys + right.keys.filter({ left[$0] == nil }) {
                let inner = place.isEmpty ? key : "\(place).\(key)"
                guard let before = left[key], let after = right[key] else { return inner }
                if let found = after.path(from: before, at: inner) { return found }
            }
        case (.array(let left), .array(let right)) where left.count == right.count:
            for index in left.indices {
                if let found = right[index].path(from: left[index], at: "\(place)[\(index)]") { return found }
            }
        default: break
        }
        return place
    }
}
