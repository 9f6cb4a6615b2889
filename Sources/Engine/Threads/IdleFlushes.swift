import DequeModule
import Dispatch
import Wire

/// The flushes that will be due if their streams stay idle, in the order of their time: at most one
/// for each stream.
struct IdleFlushes {
    private var waiting = Deque<(due: DispatchTime, stream: StreamID, activity: UInt64)>()
    private var after: Duration?

    init(after: Duration?) { self.after = after }

    var nextDeadline: DispatchTime { waiting.first?.due ?? .distantFuture }

    /// Flushes that wait keep their order. Without a time none is left.
    mutating func set(after new: Duration?) {
        defer { after = new }
        guard let new, let after else { return waiting.removeAll() }
        let change = (new - after) / .seconds(1)
        for index in waiting.indices {
            waiting[index].due = waiting[index].due + change
        }
    }

    mutating func add(_ streams: [(stream: StreamID, activity: UInt64)]) {
        guard let after, !streams.isEmpty else { return }
        let due = DispatchTime.now() + after / .seconds(1)
        waiting.append(contentsOf: streams.map { (due, $0.stream, $0.activity) })
    }

    mutating func carryOutDue(in shard: Shard) {
        guard let first = waiting.first, first.due <= .now() else { return }
        let now = DispatchTime.now()
        while let next = waiting.first, next.due <= now {
            waiting.removeFirst()
            shard.flushIfIdle(next.stream, since: next.activity)
        }
    }
}
