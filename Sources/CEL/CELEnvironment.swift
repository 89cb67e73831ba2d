/// What an expression may refer to: variables with their types, functions, extensions.
public struct CELEnvironment: Sendable {
    /// The declared variables. A name may be qualified, as in `request.user`.
    public var variables: [String: CELType]
    /// The namespace in which names are looked up first, e.g. `com.example`; empty for none.
    public var container: String
    /// The enabled parts of the language beyond the standard ones.
    public var extensions: CELExtensions
    private let functions: [String: [CELOverload]]

    /// Creates an environment.
    ///
    /// - Parameters:
    ///   - variables: the type of each variable.
    ///   - functions: functions of the host, besides the built-in ones; overloads with equal names add up.
    ///   - container: the namespace in which names are looked up first.
    ///   - extensions: the enabled extensions.
    public init(
        variables: [String: CELType] = [:], functions: [CELFunction] = [], container: String = "",
        extensions: CELExtensions = .all
    ) {
        self.variables = variables
        self.container = container
        self.extensions = extensions
        self.functions = Dictionary(functions.map { ($0.name, $0.overloads) }, uniquingKeysWith: +)
    }

    /// All forms of a function, the host's first.
    func overloads(named name: String) -> [CELOverload] {
        (functions[name] ?? []) + Library.overloads(named: name, extensions: extensions)
    }

    /// The names of all functions, for suggestions.
    var functionNames: [String] { Array(functions.keys) + Library.names(extensions: extensions) }

    /// The full names that a name may stand for, the innermost namespace first.
    func candidates(for name: String, isRooted: Bool) -> [String] {
        guard !isRooted, !container.isEmpty else { return [name] }
        var scope = Substring(container)
        var names: [String] = []
        while true {
            names.append("\(scope).\(name)")
            guard let dot = scope.lastIndex(of: ".") else { break }
            scope = scope[..<dot]
        }
        return names + [name]
    }
}
