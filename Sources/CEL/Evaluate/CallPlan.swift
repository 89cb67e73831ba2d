/// A call with the overloads that the check left over; the arguments' types at run time decide among them.
struct CallPlan: Sendable {
    let name: String
    let overloads: [CELOverload]
    let arguments: [Plan]
    let position: CELPosition
}
