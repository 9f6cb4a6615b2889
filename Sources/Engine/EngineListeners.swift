package import Storage
package import Wire

/// What the engine calls as it works, on its own threads.
package struct EngineListeners: Sendable {
    /// With every refusal, on a shard's thread.
    package var refused: @Sendable (StreamID?, Refusal) -> Void = { _, _ in }
    /// With every stream that has ended and has not begun again, on a shard's thread.
    package var ended: @Sendable (StreamID) -> Void = { _ in }
    /// With every answer, each stream's in order, on a shard's thread. It must not wait. With a
    /// journal, that calls its own.
    package var acknowledged: @Sendable ([Acknowledgement]) -> Void = { _ in }
    /// With the events for an output, by its index, and what they wait for, on a shard's thread. It
    /// may block to hold the shard back.
    package var publish: @Sendable (_ output: Int, EventFrames, EventHold?) -> Void
    /// A shard cannot read the store, and tries again; nil: it can again.
    package var stalled: @Sendable (_ shard: Int, StorageError?) -> Void = { _, _ in }
    /// A shard has ended: the store cannot be read.
    package var failed: @Sendable (any Error) -> Void = { _ in }

    package init(publish: @escaping @Sendable (Int, EventFrames, EventHold?) -> Void) {
        self.publish = publish
    }

    /// The same; a failure also ends the recovery.
    func ending(_ recovery: RunningRecovery) -> EngineListeners {
        var listeners = self
        listeners.failed = { [failed] error in
            recovery.giveUp()
            failed(error)
        }
        return listeners
    }
}
