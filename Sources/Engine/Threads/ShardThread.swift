import CLinux
import Dispatch
import Foundation
import Metrics
import Storage
import Synchronization
import Threads
import Wire

/// One compute thread: takes inputs in, steps its shard, and hands on its records and its events.
final class ShardThread: Sendable {
    let mailbox: Mailbox<EngineInput>
    let pulse: Pulse
    private let index: Int
    private let options: EngineOptions
    private let outputs: Int
    private let journal: JournalThread?
    private let listeners: EngineListeners
    /// Ends the thread before its work is done.
    private let stop: StopSignal
    private let thread = Mutex<WorkerThread?>(nil)
    private let left = Mutex(UnreadInput())
    private let idleTimes = Latest<IdleTimes>()
    let activity = ShardActivity()

    /// Starts the thread, where the shard then stays.
    init(
        _ shard: Moved<Shard>, index: Int, options: EngineOptions, outputs: Int,
        journal: JournalThread?, listeners: EngineListeners
    ) throws(WakeEventError) {
        stop = try StopSignal()
        let mailbox = Mailbox<EngineInput>(limit: options.queueBytes)
        self.mailbox = mailbox
        pulse = Pulse("shard \(index)") { mailbox.wakeIdleConsumer() }
        self.index = index
        self.options = options
        self.outputs = outputs
        self.journal = journal
        self.listeners = listeners
        let thread = WorkerThread(name: "shard \(index)") { [self] in run(shard.take()) }
        self.thread.withLock { $0 = thread }
    }

    /// Ends the thread once its work is done. False if it was not by the deadline.
    func join(until deadline: DispatchTime) -> Bool {
        thread.withLock { $0 }?.join(until: deadline) ?? true
    }

    /// Takes other times before its next step.
    func setIdleTimes(_ times: IdleTimes) {
        idleTimes.set(times)
        mailbox.wakeIdleConsumer()
    }

    /// What it had not read, once it has ended.
    var unread: UnreadInput { left.withLock { $0 } }

    /// Ends the thread after the step that it is in; what waits is dropped.
    func abandon() {
        stop.request()
        mailbox.close()
    }

    /// Streams that leave before memory is given back: it takes some milliseconds.
    private static let departures = 4096

    /// Inputs accepted between two steps: many that come at once hold up the streams little.
    private static let acceptedAtOnce = 256

    /// Seconds until a store that could not be read is tried again.
    private static let storePause = 1.0

    /// Holds all of the shard's streams back while the store cannot be read.
    private func waitForStore(_ error: StorageError?) -> Bool {
        listeners.stalled(index, error)
        if error != nil { pulse.waiting { stop.wait(seconds: Self.storePause) } }
        return !stop.isRequested
    }

    private func run(_ shard: Shard) {
        shard.onStoreStall { [self] in waitForStore($0) }
        shard.residence.onEnd(listeners.ended)
        var timers = ShardTimers(options)
        var arrivals: ArraySlice<EngineInput> = []
        while !stop.isRequested {
            if let times = idleTimes.take() { timers.set(times, in: shard) }
            if arrivals.isEmpty { arrivals = mailbox.takeAll()[...] }
            let before = arrivals.count
            let hasStepped = advance(shard, &arrivals)
            let hasMore = timers.carryOutDue(in: shard, index: index)
            activity.noteSweeps(completed: shard.completedSweeps, began: timers.sweepBegan)
            handOver(shard)
            let isAdvancing = hasStepped || hasMore || arrivals.isEmpty || arrivals.count < before
            if isAdvancing { pulse.beat() }
            if let failure = shard.failure { return fail(failure) }
            if hasStepped || hasMore || !arrivals.isEmpty || !shard.isIdle { continue }
            if mailbox.isClosed && mailbox.isEmpty { return finish(shard) }
            if shard.takesLeave(ofAtLeast: Self.departures) { malloc_trim(0) }
            mailbox.waitForArrival(until: timers.nextDeadline)
        }
        note(shard.unread, arrivals + mailbox.takeAll())
    }

    /// Accepts inputs and takes a step. False if there was no step to take.
    private func advance(_ shard: Shard, _ arrivals: inout ArraySlice<EngineInput>) -> Bool {
        shard.time = Date().timeIntervalSince1970
        shard.uptime = DispatchTime.now().seconds
        accept(&arrivals, shard)
        return step(shard)
    }

    private func step(_ shard: Shard) -> Bool {
        let start = DispatchTime.now().uptimeNanoseconds
        guard shard.step() else { return false }
        let time = DispatchTime.now().uptimeNanoseconds - start
        shard.statistics.step.record(nanoseconds: Int64(time))
        return true
    }

    private func note(_ unread: UnreadInput, _ arrivals: ArraySlice<EngineInput>) {
        left.withLock {
            $0 = unread
            $0.messages = arrivals.count(where: \.isMessage)
        }
    }

    private func accept(_ arrivals: inout ArraySlice<EngineInput>, _ shard: Shard) {
        var left = Self.acceptedAtOnce
        var waits = Latencies()
        while left > 0, let input = arrivals.first, shard.makeRoom(for: input) {
            left -= 1
            arrivals.removeFirst()
            shard.accept(input)
            waits.add(input.received)
        }
        waits.record(in: shard.statistics.wait)
    }

    /// Leaves nothing for the next start to read again.
    private func finish(_ shard: Shard) {
        endSweep(of: shard)
        shard.beginSweep(shard: index)
        endSweep(of: shard)
        handOver(shard)
    }

    private func endSweep(of shard: Shard) {
        while shard.isSweeping, !stop.isRequested {
            shard.continueSweep()
            handOver(shard)
        }
    }

    private func fail(_ error: any Error) {
        mailbox.close()
        listeners.failed(error)
    }

    private func handOver(_ shard: Shard) {
        let weight = shard.takeFinishedWeight()
        if weight > 0 { mailbox.release(weight: weight) }
        let hold = record(shard)
        for output in 0..<outputs {
            let frames = shard.takeFrames(output: output)
            guard !frames.isEmpty else { continue }
            pulse.waiting { listeners.publish(output, frames, hold) }
        }
    }

    /// Tells the journal; what events have to wait for, if anything.
    private func record(_ shard: Shard) -> EventHold? {
        guard !shard.batch.isEmpty else { return shard.hold.map { .init(shard: index, batch: $0) } }
        let batch = shard.takeBatch()
        guard let journal else {
            listeners.acknowledged(batch.acknowledgements)
            return nil
        }
        pulse.waiting { journal.submit(batch, shard: index) }
        shard.forgetDormant(committed: journal.line.committed(shard: index))
        return shard.hold.map { .init(shard: index, batch: $0) }
    }
}

extension DispatchTime {
    /// Of the monotonic clock.
    fileprivate var seconds: Double { Double(uptimeNanoseconds) / 1e9 }
}
