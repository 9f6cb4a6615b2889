import DequeModule
import Dispatch
import Synchronization
import Wire

/// One compute thread: takes requests in, steps its shard, and hands its events on.
final class ShardThread: Sendable {
    let mailbox: Mailbox<EngineInput>
    private let isAbandoned = Atomic<Bool>(false)
    private let acknowledged: @Sendable ([Acknowledgement]) -> Void
    private let publish: @Sendable (Int, EventFrames) -> Void
    private let outputs: Int
    private let idleFlush: Duration?
    private let thread = Mutex<WorkerThread?>(nil)

    /// Starts the thread, where the shard then stays.
    init(
        _ shard: MovedShard, name: String, options: EngineOptions, outputs: Int,
        acknowledged: @escaping @Sendable ([Acknowledgement]) -> Void,
        publish: @escaping @Sendable (Int, EventFrames) -> Void
    ) {
        mailbox = Mailbox(limit: options.queueBytes)
        self.acknowledged = acknowledged
        self.publish = publish
        self.outputs = outputs
        idleFlush = options.idleFlush
        let thread = WorkerThread(name: name) { [self] in run(shard.take()) }
        self.thread.withLock { $0 = thread }
    }

    /// Ends the thread once its work is done. False if it was not by the deadline.
    func join(until deadline: DispatchTime) -> Bool {
        thread.withLock { $0 }?.join(until: deadline) ?? true
    }

    /// Ends the thread after the step that it is in; what waits is dropped.
    func abandon() {
        isAbandoned.store(true, ordering: .relaxed)
        mailbox.close()
    }

    /// Inputs accepted between two steps: many that come at once hold up the streams little.
    private static let acceptedAtOnce = 256

    private func run(_ shard: Shard) {
        var flushes = IdleFlushes(after: idleFlush)
        var arrivals: ArraySlice<EngineInput> = []
        var answers = AnswersInMemory()
        while !isAbandoned.load(ordering: .relaxed) {
            if arrivals.isEmpty { arrivals = mailbox.takeAll()[...] }
            for input in arrivals.prefix(Self.acceptedAtOnce) {
                if answers.admit(input) {
                    shard.accept(input)
                } else {
                    mailbox.release(weight: input.weight)
                }
            }
            acknowledged(answers.take())
            arrivals = arrivals.dropFirst(Self.acceptedAtOnce)
            let hasStepped = shard.step()
            flushes.add(shard.takeHeldBack())
            flushes.carryOutDue(in: shard)
            handOver(shard)
            if !hasStepped && arrivals.isEmpty && shard.isIdle {
                if mailbox.isClosed && mailbox.isEmpty { return }
                mailbox.waitForArrival(until: flushes.nextDeadline)
            }
        }
    }

    private func handOver(_ shard: Shard) {
        let weight = shard.takeFinishedWeight()
        if weight > 0 { mailbox.release(weight: weight) }
        for output in 0..<outputs {
            let frames = shard.takeFrames(output: output)
            if !frames.isEmpty { publish(output, frames) }
        }
    }
}

/// Carries a shard from the thread that made it to the one that runs it.
final class MovedShard: Sendable {
    private let shard: Mutex<Shard?>

    init(_ shard: sending Shard) { self.shard = Mutex(shard) }

    func take() -> Shard {
        shard.withLock { shard in
            defer { shard = nil }
            return shard!
        }
    }
}

/// The flushes that will be due if their streams stay idle, in the order of their time: one for
/// each stream at most.
private struct IdleFlushes {
    private var waiting = Deque<(due: DispatchTime, stream: StreamID, activity: UInt64)>()
    private let after: Duration?

    init(after: Duration?) { self.after = after }

    var nextDeadline: DispatchTime { waiting.first?.due ?? .distantFuture }

    mutating func add(_ streams: [(stream: StreamID, activity: UInt64)]) {
        guard let after, !streams.isEmpty else { return }
        let seconds = Double(after.components.seconds)
        let due = DispatchTime.now() + seconds + Double(after.components.attoseconds) / 1e18
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
