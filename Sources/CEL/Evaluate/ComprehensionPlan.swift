/// A macro over a list or a map.
struct ComprehensionPlan: Sendable {
    let kind: Comprehension.Kind
    let range: Plan
    /// Where the first variable goes; the second goes to the next slot.
    let slot: Int
    let hasSecond: Bool
    let condition: Plan?
    let transform: Plan?
    let position: CELPosition
}
