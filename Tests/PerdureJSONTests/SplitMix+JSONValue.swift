import PerdureJSON
import TestSupport

extension SplitMix {
    /// Any JSON value, nested at most so deep.
    mutating func value(depth: Int) -> JSONValue {
        switch next() % (depth > 0 ? 10 : 7) {
        case 0: return .null
        case 1: return .bool(next() % 2 == 0)
        case 2: return .int(Int64(truncatingIfNeeded: next()))
        case 3: return .int(Int64(next() % 1_000))
        case 4:
            let number = Double(bitPattern: next())
            return .double(number.isFinite ? number : 0.25)
        case 5, 6: return .string(text())
        case 7, 8:
            return .array((0..<Int(next() % 5)).map { _ in value(depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int(next() % 24) { object[text()] = value(depth: depth - 3) }
            return .object(object)
        }
    }

    private mutating func text() -> String {
        var result = ""
        for _ in 0..<Int(next() % 12) {
            switch next() % 4 {
            case 0: result.unicodeScalars.append(Unicode.Scalar(UInt8(next() % 0x80)))
            case 1: result.unicodeScalars.append(Unicode.Scalar(UInt32(next() % 0x11_0000)) ?? "\u{FFFD}")
            default: result.unicodeScalars.append(Unicode.Scalar(UInt8(0x61 + next() % 26)))
            }
        }
        return result
    }
}
