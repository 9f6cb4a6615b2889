package import Dispatch
import Foundation
import Metrics
package import Storage
import Synchronization
package import Threads
package import Wire

/// The journal's own thread: takes batches from the shards and commits many of them at once.
///
/// Group commit: what comes while one commit is under way, or within the interval after it, goes
/// into the next one. While the store cannot be written for a reason that may pass, the same batches
/// are tried again, nothing is answered or published, and the shards wait in the end: nothing is lost.
package final class JournalThread: Sendable {
    package struct Options: Sendable {
        /// Least time between two commits.
        package var interval = Duration.milliseconds(5)
        /// How often to apply the retention.
        package var retainEvery = Duration.seconds(60)
        /// Bytes of entries that may wait before the shards have to.
        package var queueBytes = 32 << 20
        /// Pause before a failed write is tried again.
        package var retryAfter = Duration.seconds(1)

        package init() {}
    }

    /// Callbacks, on this thread.
    package struct Listeners: Sendable {
        /// Batches were committed: held events may go.
        package var committed: @Sendable () -> Void = {}
        package var acknowledged: @Sendable ([Acknowledgement]) -> Void = { _ in }
        /// Writing fails, and is tried again; nil: it works again. Called when that changes.
        package var stalled: @Sendable (StorageError?) -> Void = { _ in }
        /// The store is not trimmed any more in this run.
        package var retentionEnded: @Sendable (StorageError) -> Void = { _ in }
        /// The thread has ended: nothing can be written any more.
        package var failed: @Sendable (any Error) -> Void = { _ in }

        package init() {}
    }

    package let line: CommitLine
    package let keys: StreamKeys
    package let statistics = JournalStatistics()
    package let pulse: Pulse
    private let mailbox: Mailbox<Delivery>
    /// Ends the thread before its work is done.
    private let stop: StopSignal
    private let trouble = Mutex<StorageError?>(nil)
    private let fence: FenceToken
    private let options: Options
    private let listeners: Listeners
    private let thread = Mutex<WorkerThread?>(nil)

    private struct Delivery: Sendable {
        let shard: Int
        let batch: JournalBatch
    }

    /// Starts the thread, where the writer then stays.
    ///
    /// - Parameter fence: the token that the writer gave to this owner.
    package init(
        _ writer: sending any StorageWriter, fence: FenceToken, shards: Int, options: Options,
        listeners: Listeners
    ) throws(WakeEventError) {
        stop = try StopSignal()
        line = CommitLine(shards: shards)
        keys = StreamKeys(next: writer.nextKey)
        let mailbox = Mailbox<Delivery>(limit: options.queueBytes)
        self.mailbox = mailbox
        pulse = Pulse("journal") { mailbox.wakeIdleConsumer() }
        self.fence = fence
        self.options = options
        self.listeners = listeners
        let moved = Moved(writer)
        let thread = WorkerThread(name: "journal") { [self] in run(moved.take()) }
        self.thread.withLock { $0 = thread }
    }

    /// Hands over a batch, waiting while too much waits already.
    func submit(_ batch: JournalBatch, shard: Int) {
        mailbox.send([Delivery(shard: shard, batch: batch)], weight: batch.weight)
    }

    /// Commits what it has and closes the store. False if it has not by the deadline.
    package func finish(by deadline: DispatchTime) -> Bool {
        mailbox.close()
        let isDone = thread.withLock { $0 }?.join(until: deadline) ?? true
        if !isDone { abandon() }
        return isDone
    }

    /// Of what waits to be committed, and is.
    package var queue: QueueStatistics {
        QueueStatistics("journal", of: "records") { [mailbox] in [mailbox.load] }
    }

    /// Why nothing can be written now; nil while it can. What was handed over stays undone if it is
    /// still so at the end.
    package var problem: StorageError? { trouble.withLock { $0 } }

    /// Gives up what is not committed yet.
    package func abandon() {
        stop.request()
        mailbox.close()
    }

    // MARK: On the thread

    private func run(_ writer: any StorageWriter) {
        do {
            var retention = RetentionSchedule(every: options.retainEvery)
            var number: UInt64 = 1
            while try commitNext(writer, &number, &retention) {}
            _ = try persist { () throws(StorageError) in
                try writer.release(fence, at: Date().timeIntervalSince1970)
            }
            try writer.close()
        } catch {
            mailbox.close()
            listeners.failed(error)
        }
    }

    /// One group commit, or the wait for one. False when there will be none.
    private func commitNext(
        _ writer: any StorageWriter, _ number: inout UInt64, _ retention: inout RetentionSchedule
    ) throws -> Bool {
        pulse.beat()
        if retention.isDue { try trim(&retention, writer) }
        let deliveries = mailbox.takeAll()
        guard !deliveries.isEmpty else {
            if mailbox.isClosed && mailbox.isEmpty { return false }
            mailbox.waitForArrival(until: retention.due)
            return true
        }
        let start = ContinuousClock.now
        guard try write(deliveries, number, by: writer) else { return false }
        number += 1
        statistics.count(deliveries.lazy.map(\.batch), time: ContinuousClock.now - start)
        publish(deliveries)
        mailbox.release(weight: deliveries.reduce(0) { $0 + $1.batch.weight })
        let left = options.interval - (ContinuousClock.now - start)
        if left > .zero, !mailbox.isClosed { pause(left) }
        return true
    }

    /// Until it works; false if it never did.
    private func write(
        _ deliveries: [Delivery], _ number: UInt64, by writer: any StorageWriter
    ) throws -> Bool {
        let batch = StorageBatch(number: number, deliveries.flatMap(\.batch.records))
        return try persist { () throws(StorageError) in
            try writer.append(batch, fence: fence)
        }
    }

    /// Does it again while it fails for a reason that may pass. False if it was given up.
    private func persist(_ body: () throws(StorageError) -> Void) throws(StorageError) -> Bool {
        while !stop.isRequested {
            do throws(StorageError) {
                try body()
                try note(nil)
                return true
            } catch {
                try note(error)
                // A full disk stops the intake; it is no hang of this thread.
                pause(options.retryAfter)
            }
        }
        return false
    }

    private func pause(_ time: Duration) {
        pulse.waiting { stop.wait(seconds: time / .seconds(1)) }
    }

    /// Damage ends trimming and nothing else: requests can still be taken.
    ///
    /// - Throws: `notOwner`, since nothing can be written then.
    private func trim(
        _ retention: inout RetentionSchedule, _ writer: any StorageWriter
    ) throws(StorageError) {
        do throws(StorageError) {
            try retention.trim(writer, fence)
            try note(nil)
        } catch {
            if error.mayPass { return try note(error) }
            guard error.code != .notOwner else { throw error }
            retention.end()
            listeners.retentionEnded(error)
        }
    }

    /// Reports each reason why nothing can be written once, and once that it is over.
    ///
    /// - Throws: the reason, if it will not pass.
    private func note(_ error: StorageError?) throws(StorageError) {
        if let error, !error.mayPass { throw error }
        let isNews = trouble.withLock { trouble in
            defer { trouble = error }
            return trouble?.code != error?.code || trouble?.store != error?.store
        }
        if isNews { listeners.stalled(error) }
    }

    private func publish(_ deliveries: [Delivery]) {
        for delivery in deliveries {
            line.advance(shard: delivery.shard, to: delivery.batch.number)
        }
        listeners.committed()
        let acknowledgements = deliveries.flatMap(\.batch.acknowledgements)
        if !acknowledgements.isEmpty { listeners.acknowledged(acknowledgements) }
    }
}
