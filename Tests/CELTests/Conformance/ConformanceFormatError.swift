/// A conformance file that is not in the form it should have.
struct ConformanceFormatError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
