import CEL

/// Evaluates an expression over variables of type `dyn`.
func evaluate(
    _ source: String, _ values: [String: CELValue] = [:], limits: CELLimits = .default
) throws(CELError) -> CELValue {
    let environment = CELEnvironment(variables: values.mapValues { _ in .dyn })
    return try CELProgram(source, environment: environment, limits: limits).evaluate(CELDictionaryActivation(values))
}

/// The error of checking or evaluating an expression, if it has one.
func failure(
    _ source: String, _ values: [String: CELValue] = [:], types: [String: CELType]? = nil,
    limits: CELLimits = .default
) -> CELError? {
    let environment = CELEnvironment(variables: types ?? values.mapValues { _ in .dyn })
    do throws(CELError) {
        let program = try CELProgram(source, environment: environment, limits: limits)
        _ = try program.evaluate(CELDictionaryActivation(values))
        return nil
    } catch {
        return error
    }
}

/// A small generator with a seed, so that a failing run can be repeated (SplitMix64, G. Steele et al. 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
