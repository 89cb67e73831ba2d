/// The steps of an execution: those of its definition in their order, then the instances that were made of them, the items
/// of a `foreach` above all.
///
/// There may be ten thousand instances, and one of them changes at a time while copies of the state are kept. So they are in
/// small arrays, of which a change copies one.
public struct StepStates: Sendable, Equatable, RandomAccessCollection, MutableCollection {
    /// Instances in one array.
    private static let chunkSize = 64

    private var defined: [StepState]
    private var chunks: [[StepState]] = []
    private var instanceCount = 0

    /// The steps of a definition, none of them with instances.
    public init(_ defined: [StepState]) {
        self.defined = defined
    }

    /// How many belong to the definition; the instances come behind them.
    public var definedCount: Int { defined.count }
    /// Whether there are instances.
    public var hasInstances: Bool { instanceCount > 0 }
    /// The indices of the instances.
    public var instanceIndices: Range<Int> { defined.count..<count }

    /// The first step of the definition.
    public var startIndex: Int { 0 }
    /// Behind the last instance.
    public var endIndex: Int { defined.count + instanceCount }

    /// A step or an instance.
    public subscript(index: Int) -> StepState {
        get {
            guard index >= defined.count else { return defined[index] }
            let place = index - defined.count
            return chunks[place / Self.chunkSize][place % Self.chunkSize]
        }
        _modify {
            if index < defined.count {
                yield &defined[index]
            } else {
                let place = index - defined.count
                yield &chunks[place / Self.chunkSize][place % Self.chunkSize]
            }
        }
    }

    /// Adds an instance behind the others.
    public mutating func append(_ instance: StepState) {
        if instanceCount % Self.chunkSize == 0 { chunks.append([]) }
        chunks[instanceCount / Self.chunkSize].append(instance)
        instanceCount += 1
    }
}
