import PerdureJSON

/// Signals that an execution has received and that no step has taken yet, in the order in which they came.
///
/// They are part of what every transition writes, so there are few of them: see `Limits.signalsWaiting`.
public struct WaitingSignals: Sendable, Equatable {
    /// One signal.
    public struct Signal: Sendable, Equatable {
        /// What steps wait for it by.
        public let name: String
        /// What its sender had to say.
        public let payload: JSONValue

        /// A signal from its parts.
        public init(name: String, payload: JSONValue) {
            self.name = name
            self.payload = payload
        }
    }

    /// All of them, the oldest first.
    public private(set) var all: [Signal]

    /// Signals, the oldest first.
    public init(_ all: [Signal] = []) {
        self.all = all
    }

    /// About how many bytes they have as JSON.
    public var approximateByteCount: Int {
        all.reduce(0) { $0 + $1.name.utf8.count + $1.payload.approximateByteCount }
    }

    /// Why there is no place for one more, or nil when it was added.
    mutating func add(_ signal: Signal) -> RequestRejection? {
        guard all.count < Limits.signalsWaiting else {
            return RequestRejection(
                .tooManySignals,
                "The execution has \(all.count) signals that no step has taken, which is the limit; "
                    + "send the signal again once a step has taken some.")
        }
        let bytes = approximateByteCount + signal.name.utf8.count + signal.payload.approximateByteCount
        guard bytes <= Limits.signalBytesWaiting else {
            return RequestRejection(
                .tooManySignals,
                "The signals that no step has taken would have \(bytes) bytes, and the limit is "
                    + "\(Limits.signalBytesWaiting); send a reference instead of the data, or send it later.")
        }
        all.append(signal)
        return nil
    }

    /// Takes the oldest signal of a name.
    ///
    /// - Returns: Its payload; nil when there is none.
    public mutating func take(_ name: String) -> JSONValue? {
        guard let index = all.firstIndex(where: { $0.name == name }) else { return nil }
        return all.remove(at: index).payload
    }
}
