/// What checking an expression yields: how to evaluate it, and its type.
struct Checked {
    let plan: Plan
    let type: CELType
}
