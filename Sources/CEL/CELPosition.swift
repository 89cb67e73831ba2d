/// A place in an expression's source text.
///
/// `line` and `column` start at 1; the column counts Unicode scalars, so that it agrees with what an editor shows.
public struct CELPosition: Sendable, Hashable, CustomStringConvertible {
    /// Offset from the start of the source, in UTF-8 bytes, from 0.
    public let utf8Offset: Int
    /// Line number, from 1.
    public let line: Int
    /// Column number in Unicode scalars, from 1.
    public let column: Int

    /// Creates a position from its three coordinates.
    public init(utf8Offset: Int, line: Int, column: Int) {
        self.utf8Offset = utf8Offset
        self.line = line
        self.column = column
    }

    /// The position as `line:column`.
    public var description: String { "\(line):\(column)" }
}
