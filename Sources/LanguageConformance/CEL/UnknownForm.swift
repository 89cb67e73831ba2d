/// A part of a case that this runner has no name for; such a case is skipped.
struct UnknownForm: Error {
    let what: String
}
