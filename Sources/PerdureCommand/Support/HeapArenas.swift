import CHeap
import Foundation

/// How many heaps the C library keeps beside one another.
enum HeapArenas {
    /// Limits them to one for each core.
    ///
    /// By default there may be eight for each, and a coordinator's threads use them all: what one of them frees after a burst
    /// cannot be used by the others, which costs a fifth of the memory with 10,000 executions under way. To be called before
    /// there are threads. `MALLOC_ARENA_MAX` in the environment, which is an operator's to set, goes before.
    static func limitToCores() {
        guard ProcessInfo.processInfo.environment["MALLOC_ARENA_MAX"] == nil else { return }
        _ = cheap_limit_arenas(CInt(max(2, ProcessInfo.processInfo.activeProcessorCount)))
    }
}
