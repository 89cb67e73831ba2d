/// Where an evaluation finds the values of its variables.
public protocol CELActivation: Sendable {
    /// The value of a declared variable, or nil if it has none.
    ///
    /// It may be asked more than once for a name during one evaluation and must answer the same.
    func value(of name: String) -> CELValue?
}
