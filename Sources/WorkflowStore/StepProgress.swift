import PerdureJSON
import WorkflowCore

/// The column `progress` of the rows of instances: what they were made of, and what of their state has no column of its own.
///
/// The steps of the definition have theirs in the snapshot. There may be ten thousand instances, and only the rows of those that
/// change are written.
enum StepProgress {
    static func encode(_ step: StepState) -> [UInt8] {
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        // Other steps by their order, as the rows have it.
        switch step.origin {
        case .definition: break
        case .item(let parent, let number):
            writer.key("item_of")
            writer.int(parent + 1)
            writer.key("number")
            writer.int(number)
        case .compensation(let undone):
            writer.key("compensates")
            writer.int(undone + 1)
        case .failureHandler:
            writer.key("handles_failure")
            writer.bool(true)
        }
        writer.key("attempt")
        writer.int(step.attempt)
        StateSnapshot.encodeWait(of: step, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// A step of this name with what was encoded; nil when it is not known to this version what it was made of.
    static func decode(_ progress: JSONValue, name: String) -> StepState? {
        let origin: StepState.Origin
        if let parent = progress["item_of"]?.intValue, let number = progress["number"]?.intValue, number >= 0 {
            origin = .item(of: Int(parent) - 1, number: Int(number))
        } else if let undone = progress["compensates"]?.intValue {
            origin = .compensation(of: Int(undone) - 1)
        } else if progress["handles_failure"] != nil {
            origin = .failureHandler
        } else {
            return nil
        }
        var step = StepState(name: name, origin: origin)
        StateSnapshot.restore(progress, into: &step)
        return step
    }
}
