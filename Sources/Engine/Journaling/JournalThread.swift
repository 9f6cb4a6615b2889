package import Dispatch
import Foundation
package import Storage
package import Synchronization
package import Threads
package import Wire

/// The journal's own thread: takes batches from the shards and commits many of them at once.
///
/// Group commit: what comes while one commit is under way, or within the interval after it, goes
/// into the next one. When the store has no room, is locked by another program, or its files are
/// gone, the same batches are tried again, nothing is answered or told, and the shards wait in the
/// end: so nothing is lost.
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
        /// Writing fails, and is tried again; nil: it works again. Told when that changes.
        package var stalled: @Sendable (StorageError?) -> Void = { _ in }
        /// Old requests are forgotten no more in this run.
        package var retentionEnded: @Sendable (StorageError) -> Void = { _ in }
        /// It can write no more.
        package var failed: @Sendable (any Error) -> Void = { _ in }

        package init() {}
    }

    package let line: CommitLine
    package let keys: StreamKeys
    package let statistics = JournalStatistics()
    private let mailbox: Mailbox<Delivery>
    private let isAbandoned = Atomic<Bool>(false)
    private let abandoned = MonotonicSemaphore()
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
    ) {
        line = CommitLine(shards: shards)
        keys = StreamKeys(next: writer.nextKey)
        mailbox = Mailbox(limit: options.queueBytes)
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

    /// Why nothing can be written now; nil while it can. What was handed over stays undone if it is
    /// still so at the end.
    package var problem: StorageError? { trouble.withLock { $0 } }

    /// Gives up what is not committed yet.
    package func abandon() {
        isAbandoned.store(true, ordering: .releasing)
        abandoned.signal()
        mailbox.close()
    }

    // MARK: On the thread

    private func run(_ writer: any StorageWriter) {
        do {
            var retention = Retention(every: options.retainEvery)
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
        _ writer: any StorageWriter, _ number: inout UInt64, _ retention: inout Retention
    ) throws -> Bool {
        if retention.isDue { carryOut(&retention, writer) }
        let deliveries = mailbox.takeAll()
        guard !deliveries.isEmpty else {
            if mailbox.isClosed && mailbox.isEmpty { return false }
            mailbox.waitForArrival(until: retention.due)
            return true
        }
        let start = ContinuousClock.now
        guard try write(deliveries, number, by: writer) else { return false }
        number += 1
        tell(deliveries)
        statistics.countCommit(since: start)
        mailbox.release(weight: deliveries.reduce(0) { $0 + $1.batch.weight })
        let left = options.interval - (ContinuousClock.now - start)
        if left > .zero, !mailbox.isClosed { abandoned.wait(until: .now() + left.seconds) }
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
    private func persist(
        _ body: () throws(StorageError) -> Void
    ) throws(StorageError) -> Bool {
        while !isAbandoned.load(ordering: .acquiring) {
            do throws(StorageError) {
                try body()
                try note(nil)
                return true
            } catch {
                try note(error)
                abandoned.wait(until: .now() + options.retryAfter.seconds)
            }
        }
        return false
    }

    /// What is damaged cannot be forgotten either; that is no reason to take no more.
    private func carryOut(_ retention: inout Retention, _ writer: any StorageWriter) {
        do throws(StorageError) {
            try note(retention.carryOut(writer, fence))
        } catch {
            retention.end()
            listeners.retentionEnded(error)
        }
    }

    /// Tells once of each reason why nothing can be written, and once that it is over.
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

    private func tell(_ deliveries: [Delivery]) {
        for delivery in deliveries {
            line.advance(shard: delivery.shard, to: delivery.batch.number)
        }
        listeners.committed()
        let acknowledgements = deliveries.flatMap(\.batch.acknowledgements)
        if !acknowledgements.isEmpty { listeners.acknowledged(acknowledgements) }
    }
}

/// When old requests are next to be forgotten: a slice at a time, between two commits.
private struct Retention {
    private(set) var due: DispatchTime
    private let interval: Double
    private var clock = RetentionClock()

    init(every interval: Duration) {
        self.interval = interval.seconds
        due = .now() + self.interval
    }

    var isDue: Bool { due <= .now() }

    mutating func end() { due = .distantFuture }

    /// What cannot be done now, for want of room say, is tried again the next time.
    ///
    /// - Returns: why it could not be done.
    mutating func carryOut(_ writer: any StorageWriter, _ fence: FenceToken) -> StorageError? {
        do throws(StorageError) {
            let hasMore = try writer.trim(now: clock.now(), fence: fence)
            due = .now() + (hasMore ? 0.01 : interval)
            return nil
        } catch {
            due = .now() + interval
            return error
        }
    }
}

/// Counters of what the journal has written.
package final class JournalStatistics: CounterSet {
    package let commits = Counter("commits")
    package let commitNanoseconds = Atomic<Int>(0)

    func countCommit(since start: ContinuousClock.Instant) {
        commits.add()
        let parts = (ContinuousClock.now - start).components
        commitNanoseconds.add(
            Int(parts.seconds) * 1_000_000_000 + Int(parts.attoseconds / 1_000_000_000),
            ordering: .relaxed)
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
