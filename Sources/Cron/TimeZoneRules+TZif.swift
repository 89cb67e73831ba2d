extension TimeZoneRules {
    /// Reads the rules out of a file of the time zone database (TZif, RFC 8536), of any version.
    ///
    /// - Returns: nil for what is no such file, is damaged, or counts leap seconds, which no clock here does.
    public init?(tzif bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard let first = reader.header() else { return nil }
        var header = first
        var timeSize = 4
        if first.version >= 2 {
            // The block for readers of version 1 comes first, and the same once more with eight bytes for each time.
            guard reader.skip(first.blockSize(timeSize: 4)), let second = reader.header() else { return nil }
            header = second
            timeSize = 8
        }
        guard header.leaps == 0, header.types > 0, let block = reader.take(header.blockSize(timeSize: timeSize)) else {
            return nil
        }
        let times = block.prefix(header.times * timeSize)
        let indices = block.dropFirst(times.count).prefix(header.times)
        let types = block.dropFirst(times.count + indices.count)
        var offsets: [Int64] = []
        for type in 0..<header.types {
            let place = types.startIndex + type * 6
            let offset = Int64(Int32(truncatingIfNeeded: Reader.number(types[place..<place + 4])))
            guard abs(offset) <= Self.largestOffset else { return nil }
            offsets.append(offset)
        }
        var transitions: [Transition] = []
        for (index, type) in indices.enumerated() {
            let place = times.startIndex + index * timeSize
            let number = Reader.number(times[place..<place + timeSize])
            let time = timeSize == 8 ? Int64(bitPattern: number) : Int64(Int32(truncatingIfNeeded: number))
            guard Int(type) < offsets.count, transitions.last.map({ $0.time < time }) ?? true else { return nil }
            // Some files begin with the Big Bang.
            guard time > -Self.oldestTime else { continue }
            transitions.append(Transition(time: time, offset: offsets[Int(type)]))
        }
        var tail: PosixZone?
        if first.version >= 2 {
            guard let text = reader.footer() else { return nil }
            if !text.isEmpty {
                guard let zone = PosixZone(text) else { return nil }
                tail = zone
            }
        }
        self.init(transitions: transitions, firstOffset: offsets[0], tail: tail)
    }

    /// No zone is farther from UTC: 26 hours, which RFC 8536 (section 3.2) names.
    private static let largestOffset: Int64 = 26 * 3600
    /// Some ten thousand years before the epoch, so that nothing here overflows.
    private static let oldestTime: Int64 = 400_000_000_000

    private struct Header {
        let version: Int
        let types: Int
        let times: Int
        let leaps: Int
        private let names: Int
        private let marks: Int

        init(version: Int, counts: [Int]) {
            self.version = version
            marks = counts[0] + counts[1]
            leaps = counts[2]
            times = counts[3]
            types = counts[4]
            names = counts[5]
        }

        func blockSize(timeSize: Int) -> Int {
            times * (timeSize + 1) + types * 6 + names + leaps * (timeSize + 4) + marks
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count <= bytes.count - index else { return nil }
            defer { index += count }
            return bytes[index..<index + count]
        }

        mutating func skip(_ count: Int) -> Bool { take(count) != nil }

        mutating func header() -> Header? {
            guard let bytes = take(44), bytes.starts(with: "TZif".utf8) else { return nil }
            // 0 is version 1; the others are digits.
            let version = bytes[bytes.startIndex + 4]
            let counts = (0..<6).map { count in
                let place = bytes.startIndex + 20 + count * 4
                return Int(Self.number(bytes[place..<place + 4]))
            }
            return Header(version: version == 0 ? 1 : Int(version) - 0x30, counts: counts)
        }

        /// The text between two line feeds.
        mutating func footer() -> String? {
            guard take(1)?.first == 0x0A, let end = bytes[index...].firstIndex(of: 0x0A) else { return nil }
            return String(decoding: bytes[index..<end], as: UTF8.self)
        }
    }
}
