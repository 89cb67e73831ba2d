/// Why a folder, a file or a case cannot be used as it is.
public struct ConformanceError: Error, CustomStringConvertible {
    /// One sentence that says what is wrong.
    public let description: String

    init(_ description: String) { self.description = description }
}
