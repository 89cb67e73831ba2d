extension String {
    /// The text as tables, headers and messages can take it: at most `maximum` Unicode scalars, U+0000 replaced by
    /// U+FFFD.
    ///
    /// Counted in scalars, because one character may hold any number of them; PostgreSQL keeps no U+0000.
    func storable(maximum: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(maximum) { scalars.append(scalar == "\0" ? "\u{FFFD}" : scalar) }
        return String(scalars)
    }
}
