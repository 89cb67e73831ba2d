/// A first-in-first-out queue with amortised constant-time ends.
struct FIFO<Element> {
    private var storage: [Element?] = []
    private var head = 0

    init() {}

    init(_ elements: some Sequence<Element>) {
        storage = elements.map { $0 }
    }

    var count: Int { storage.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : storage[head] }

    mutating func append(_ element: Element) {
        storage.append(element)
    }

    mutating func append(contentsOf elements: some Sequence<Element>) {
        for element in elements { storage.append(element) }
    }

    mutating func popFirst() -> Element? {
        guard head < storage.count else { return nil }
        let element = storage[head]
        storage[head] = nil
        head += 1
        if head == storage.count {
            storage.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024, head * 2 > storage.count {
            storage.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Everything in order; the queue is empty afterwards.
    mutating func removeAll() -> [Element] {
        let elements = storage[head...].compactMap { $0 }
        storage.removeAll()
        head = 0
        return elements
    }

    mutating func removeAll(where condition: (Element) -> Bool) {
        self = FIFO(removeAll().filter { !condition($0) })
    }
}
