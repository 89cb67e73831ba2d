/// A message in protobuf's text form, as far as the type declarations of the conformance files need it.
struct TextMessage {
    /// The fields in order; a name may come more than once.
    private(set) var fields: [(name: String, text: String?, message: TextMessage?)] = []

    init(_ source: String) throws {
        var words = Self.words(of: source)[...]
        try self.init(&words, isNested: false)
    }

    private init(_ words: inout ArraySlice<String>, isNested: Bool) throws {
        while let name = words.popFirst() {
            if name == "}" {
                guard isNested else { throw ConformanceError("A brace closes nothing") }
                return
            }
            switch words.popFirst() {
            case "{": fields.append((name, nil, try TextMessage(&words, isNested: true)))
            case ":": fields.append((name, words.popFirst(), nil))
            default: throw ConformanceError("A field has no value")
            }
        }
    }

    func message(_ name: String) -> TextMessage? { fields.first { $0.name == name }?.message }

    func messages(_ name: String) -> [TextMessage] { fields.filter { $0.name == name }.compactMap(\.message) }

    func text(_ name: String) -> String? { fields.first { $0.name == name }?.text }

    private static func words(of source: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in source {
            if character == "\"" {
                isQuoted.toggle()
            } else if isQuoted || !(character.isWhitespace || "{}:".contains(character)) {
                word.append(character)
                continue
            }
            if !word.isEmpty { words.append(word) }
            word = ""
            if "{}:".contains(character) { words.append(String(character)) }
        }
        return word.isEmpty ? words : words + [word]
    }
}
