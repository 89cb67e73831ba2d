// Formatting with a fixed number of decimals is only in Foundation.
import Foundation

/// The `format` function: a text with clauses such as `%s` or `%.2f`, filled in from a list.
struct TextFormat {
    /// More decimals than any double has.
    private static let maximumPrecision = 1_000

    private let arguments: [CELValue]
    private var nextArgument = 0
    private var result = ""

    private init(arguments: [CELValue]) { self.arguments = arguments }

    /// Fills in a text.
    static func format(
        _ text: String, _ arguments: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> String {
        try budget.charge(bytes: text.utf8.count)
        var format = TextFormat(arguments: arguments)
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "%" {
                try format.clause(&rest, &budget)
            } else {
                format.result.unicodeScalars.append(scalar)
            }
        }
        return format.result
    }

    private mutating func clause(
        _ rest: inout Substring.UnicodeScalarView, _ budget: inout CELBudget
    ) throws(CELError) {
        var precision = 6
        if rest.first == "." {
            rest.removeFirst()
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            guard let given = Int(String(digits)), given <= Self.maximumPrecision else {
                throw CELError(
                    .invalidArgument, "A precision in a format needs a number up to \(Self.maximumPrecision)")
            }
            precision = given
        }
        guard let conversion = rest.popFirst() else {
            throw CELError(.invalidArgument, "The format ends with an unfinished clause; write %% for a percent sign")
        }
        if conversion == "%" {
            result.append("%")
            return
        }
        guard "sdfexXob".unicodeScalars.contains(conversion) else {
            throw CELError(.invalidArgument, "Unknown format clause '%\(conversion)'")
        }
        guard nextArgument < arguments.count else {
            throw CELError(.invalidArgument, "The format asks for more than the \(arguments.count) values given")
        }
        let argument = arguments[nextArgument]
        nextArgument += 1
        let piece = try Self.convert(argument, conversion, precision: precision, &budget)
        try budget.chargeString(bytes: result.utf8.count + piece.utf8.count)
        result += piece
    }

    private static func convert(
        _ value: CELValue, _ conversion: Unicode.Scalar, precision: Int, _ budget: inout CELBudget
    ) throws(CELError) -> String {
        let mismatch = CELError(
            .invalidArgument, "The format clause '%\(conversion)' does not take a \(value.typeName)")
        switch (conversion, value) {
        case ("s", _): return try text(value, &budget)
        case ("d", .int), ("d", .uint), ("d", .double): return try text(value, &budget)
        case ("f", _), ("e", _):
            guard let number = number(value) else { throw mismatch }
            guard number.isFinite else { return shortest(number) }
            return String(format: "%.\(precision)\(conversion)", number)
        case ("x", .string(let text)): return hex(Array(text.utf8), isUppercase: false)
        case ("X", .string(let text)): return hex(Array(text.utf8), isUppercase: true)
        case ("x", .bytes(let bytes)): return hex(bytes, isUppercase: false)
        case ("X", .bytes(let bytes)): return hex(bytes, isUppercase: true)
        case ("b", .bool(let value)): return value ? "1" : "0"
        case (_, .int(let value)):
            guard let radix = radix(conversion) else { throw mismatch }
            return String(value, radix: radix, uppercase: conversion == "X")
        case (_, .uint(let value)):
            guard let radix = radix(conversion) else { throw mismatch }
            return String(value, radix: radix, uppercase: conversion == "X")
        default: throw mismatch
        }
    }

    private static func radix(_ conversion: Unicode.Scalar) -> Int? {
        switch conversion {
        case "b": 2
        case "o": 8
        case "x", "X": 16
        default: nil
        }
    }

    private static func number(_ value: CELValue) -> Double? {
        switch value {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    private static func hex(_ bytes: [UInt8], isUppercase: Bool) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: isUppercase) }.joined()
    }

    /// The fewest digits that name the double; none after the dot if they would be zero.
    static func shortest(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// A value as `%s` shows it.
    private static func text(
        _ value: CELValue, _ budget: inout CELBudget, depth: Int = 0
    ) throws(CELError) -> String {
        guard depth < Comparison.maximumValueDepth else { throw Comparison.tooDeep() }
        try budget.charge(1)
        switch value {
        case .null: return "null"
        case .bool(let value): return String(value)
        case .int(let value): return String(value)
        case .uint(let value): return String(value)
        case .double(let value): return shortest(value)
        case .string(let value): return value
        case .bytes(let value): return String(decoding: value, as: UTF8.self)
        case .timestamp(let value): return value.description
        case .duration(let value): return value.description
        case .type(let value): return value.name
        case .address(let value): return value.description
        case .network(let value): return value.description
        case .list(let elements):
            var parts: [String] = []
            for element in elements { parts.append(try text(element, &budget, depth: depth + 1)) }
            return try joined(parts, "[", "]", &budget)
        case .map(let map):
            var parts: [(key: String, text: String)] = []
            for entry in map.entries {
                let key = try text(entry.key, &budget, depth: depth + 1)
                parts.append((key, "\(key): \(try text(entry.value, &budget, depth: depth + 1))"))
            }
            parts.sort { $0.key.precedesByBytes($1.key) }
            return try joined(parts.map(\.text), "{", "}", &budget)
        case .optional:
            throw CELError(.invalidArgument, "A format does not take an optional value; use orValue()")
        }
    }

    private static func joined(
        _ parts: [String], _ opening: String, _ closing: String, _ budget: inout CELBudget
    ) throws(CELError) -> String {
        try budget.chargeString(bytes: parts.reduce(0) { $0 + $1.utf8.count })
        return opening + parts.joined(separator: ", ") + closing
    }
}
