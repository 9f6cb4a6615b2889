import Storage
package import Wire

/// What the driver of a shard asks of it between two steps: its thread, replay, or a test.
extension Shard {
    /// Seconds since 1970: what records are stamped with.
    package var time: Double {
        get { journal.time }
        set { journal.time = newValue }
    }

    /// Seconds of the monotonic clock: what idleness is measured by.
    package var uptime: Double {
        get { residence.uptime }
        set { residence.uptime = newValue }
    }

    // MARK: Results

    package func takeFrames(output: Int) -> EventFrames { publisher.takeFrames(output: output) }

    /// Records for the journal, and the answers that are due once it has them.
    package var batch: JournalBatch { journal.batch }

    /// The same, which is then begun anew.
    package func takeBatch() -> JournalBatch { journal.takeBatch() }

    /// The last batch that had requests: what they lead to is published once it is on disk.
    package var hold: UInt64? { journal.hold }

    /// The journal has all batches up to this one.
    package func forgetDormant(committed number: UInt64) {
        absent.forget(committed: number)
    }

    // MARK: Failures

    /// What made the store unusable: what a stream was before can no longer be known.
    package var failure: (any Error)? { absent.failure }

    /// - Parameter body: called with the reason why the store cannot be read now; it waits, and
    ///   returns whether to try again. Called with nil once the store can be read.
    func onStoreStall(_ body: @escaping (StorageError?) -> Bool) { absent.onStall(body) }

    /// The streams that are stopped, and why.
    package var damages: [StreamID: Refusal] { absent.damages }

    /// The same, which are then forgotten.
    package func takeDamages() -> [StreamID: Refusal] { absent.takeDamages() }

    // MARK: Idle streams

    /// Streams that have gone idle with bytes held back since this was last called.
    package func takeHeldBack() -> [(stream: StreamID, activity: UInt64)] {
        residence.takeHeldBack()
    }

    /// Flushes a stream that has stayed idle since, or asks for a later time if it has not.
    ///
    /// The flush is the daemon's own input: it came by no mailbox, so it has no weight there.
    package func flushIfIdle(_ id: StreamID, since activity: UInt64) {
        guard residence.takeFlush(id, since: activity) != nil else { return }
        accept(Request(stream: id, operation: .flush), weight: 0)
    }

    /// Whether what is held back of idle streams is forced out.
    package func setFlushesIdle(_ isOn: Bool) { residence.setFlushesIdle(isOn) }

    /// When the stream that has been idle for longest became so, if one may be evicted.
    package var longestIdleSince: Double? { residence.longestIdleSince }

    /// Whether so many streams have left since this was last true that memory should be given back.
    package func takesLeave(ofAtLeast count: Int) -> Bool {
        residence.takesLeave(ofAtLeast: count)
    }

    // MARK: Sweeps

    /// Begins to checkpoint every stream that has changed; until all are, no other begins.
    ///
    /// Before the recovery is done the store has changed streams that are not here, so that such a
    /// sweep does not cover what was recorded before it.
    package func beginSweep(shard: Int) {
        if !isSweeping { sweepRequests.begin() }
        journal.beginSweep(shard: shard, coversAll: !residence.awaitsRecovery)
    }

    package var isSweeping: Bool { journal.isSweeping }
    /// Sweeps that have covered all that was recorded before they began.
    package var completedSweeps: Int { journal.completedSweeps }
    /// Someone has asked for a sweep, and none runs.
    package var mustSweep: Bool { sweepRequests.areWaiting && !isSweeping }
    /// Streams wait for the sweep to come to them.
    package var hasSweepLeft: Bool { journal.hasSweepLeft }

    /// Goes on with the sweep: idle streams at once, a few at a time; the others as they come to
    /// the end of what they have.
    package func continueSweep(atMost count: Int = 64) {
        for _ in 0..<count {
            guard let id = journal.nextToSweep() else { return }
            let stream = residence[id].flatMap { $0.journal.isDirty ? $0 : nil }
            journal.sweep(stream)
            if let stream, stream.work?.isBetweenRequests ?? true { checkpointIfDue(stream) }
        }
    }

    /// Answers those who have asked for a sweep that is over.
    package func answerSweepRequests() { if !isSweeping { sweepRequests.end() } }

    // MARK: The end

    /// What has been accepted and not read.
    var unread: UnreadInput { UnreadInput(of: residence.all) }
}
