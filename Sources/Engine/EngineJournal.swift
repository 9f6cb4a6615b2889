package import Storage

/// The journal of an engine: its writer, and the storage that readers open.
package struct EngineJournal: Sendable {
    let thread: JournalThread
    let storage: any Storage
    let awaitsRecovery: Bool
    let openStreams: Int

    /// - Parameters:
    ///   - awaitsRecovery: `Engine.recover` will be called. Until then no stream that has not been read
    ///     again is taken for one that a checkpoint covers.
    ///   - openStreams: how many the store has that have not ended.
    package init(
        thread: JournalThread, storage: any Storage, awaitsRecovery: Bool = false,
        openStreams: Int = 0
    ) {
        self.openStreams = openStreams
        self.thread = thread
        self.storage = storage
        self.awaitsRecovery = awaitsRecovery
    }
}
