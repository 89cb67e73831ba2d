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
