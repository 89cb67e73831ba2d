import CEL

/// One case of a conformance file.
struct ConformanceCase: Decodable {
    let section: String
    let name: String
    let expr: String
    let container: String?
    let declares: [String]?
    let bindings: [String: ConformanceValue]?
    let value: ConformanceValue?
    let error: [String]?
    let deducedType: String?
    let disableCheck: Bool?
    let checkOnly: Bool?

    enum CodingKeys: String, CodingKey {
        case section, name, expr, container, declares, bindings, value, error
        case deducedType = "deduced_type"
        case disableCheck = "disable_check"
        case checkOnly = "check_only"
    }
}
