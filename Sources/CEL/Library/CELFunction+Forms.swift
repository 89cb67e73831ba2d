extension CELFunction {
    /// A function of one form, called `f(a)`.
    static func global(
        _ name: String, _ parameters: [CELType], _ result: CELType, _ body: @escaping CELOverload.Body
    ) -> CELFunction {
        CELFunction(name, [CELOverload(parameters, returns: result, body: body)])
    }

    /// A function of one form, called `a.f()`.
    static func receiver(
        _ name: String, _ parameters: [CELType], _ result: CELType, _ body: @escaping CELOverload.Body
    ) -> CELFunction {
        CELFunction(name, [CELOverload(parameters, isReceiver: true, returns: result, body: body)])
    }
}
