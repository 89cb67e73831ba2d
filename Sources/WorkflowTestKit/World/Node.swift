/// A machine on which one coordinator after the other runs.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class Node: @unchecked Sendable {
    let name: String
    var incarnation = 0
    var process: SimulatedProcess?

    init(name: String) {
        self.name = name
    }
}
