/// One task of a simulated process that waits for the world; it is resumed once, whatever comes first.
///
/// Sendable without the compiler's proof: touched only on the thread of the simulation, which the scheduler checks.
final class Waiter<Value: Sendable>: @unchecked Sendable {
    private var continuation: CheckedContinuation<Value?, Never>?

    func begin(_ continuation: CheckedContinuation<Value?, Never>) {
        self.continuation = continuation
    }

    /// Lets the task go on; nil means that it was cancelled or that its process is gone.
    func resume(_ value: Value?) {
        continuation?.resume(returning: value)
        continuation = nil
    }
}
