/// An entity before its text is cut out of the document.
struct Candidate: Equatable {
    var type: EntityType
    var start: Int
    var end: Int
    var normalized: String?
}
