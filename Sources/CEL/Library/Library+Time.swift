extension Library {
    /// `getFullYear`, `getHours` and the other getters, with and without a time zone.
    static let timestampFunctions: [CELFunction] =
        [
            getter("getFullYear") { fields, _ in fields.year },
            getter("getMonth") { fields, _ in fields.month - 1 },
            getter("getDate") { fields, _ in fields.day },
            getter("getDayOfMonth") { fields, _ in fields.day - 1 },
            getter("getDayOfWeek") { fields, _ in fields.weekday },
            getter("getDayOfYear") { fields, _ in fields.dayOfYear },
            getter("getHours") { fields, _ in fields.hour },
            getter("getMinutes") { fields, _ in fields.minute },
            getter("getSeconds") { fields, _ in fields.second },
            getter("getMilliseconds") { _, timestamp in Int64(timestamp.nanoseconds / 1_000_000) },
            durationGetter("getHours") { $0 / 3_600_000_000_000 },
            durationGetter("getMinutes") { $0 / 60_000_000_000 },
            durationGetter("getSeconds") { $0 / 1_000_000_000 },
            durationGetter("getMilliseconds") { $0 / 1_000_000 % 1_000 },
        ]

    private static func getter(
        _ name: String, _ read: @escaping @Sendable (CELTimestamp.Fields, CELTimestamp) -> Int64
    ) -> CELFunction {
        CELFunction(
            name,
            [
                CELOverload([.timestamp], isReceiver: true, returns: .int) { arguments, _ throws(CELError) in
                    let timestamp = try arguments.timestamp(0)
                    return .int(read(timestamp.fields(offsetSeconds: 0), timestamp))
                },
                CELOverload([.timestamp, .string], isReceiver: true, returns: .int) { arguments, _ throws(CELError) in
                    let timestamp = try arguments.timestamp(0)
                    let offset = try ZoneOffset.seconds(zone: arguments.string(1), at: timestamp)
                    return .int(read(timestamp.fields(offsetSeconds: offset), timestamp))
                },
            ])
    }

    private static func durationGetter(_ name: String, _ read: @escaping @Sendable (Int64) -> Int64) -> CELFunction {
        .receiver(name, [.duration], .int) { arguments, _ throws(CELError) in
            .int(read(try arguments.duration(0).nanoseconds))
        }
    }
}
