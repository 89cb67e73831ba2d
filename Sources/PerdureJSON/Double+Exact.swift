extension Double {
    /// This number as a 64-bit integer, or nil when it has a fraction or is out of range.
    ///
    /// Says what `Int64(exactly:)` says, without calling `trunc`: a program without Foundation does not link libm.
    var exactInt64: Int64? {
        guard self >= -0x1p63, self < 0x1p63 else { return nil }
        let truncated = Int64(self)
        return Double(truncated) == self ? truncated : nil
    }
}
