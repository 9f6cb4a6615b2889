/// The journal of an engine: its writer, and the path at which readers open it.
package struct EngineJournal: Sendable {
    let thread: JournalThread
    let path: String
    let awaitsRecovery: Bool

    /// - Parameter awaitsRecovery: `Engine.recover` will be called. Until then no stream that has not
    ///   been read again is taken for one that a checkpoint covers.
    package init(thread: JournalThread, path: String, awaitsRecovery: Bool = false) {
        self.thread = thread
        self.path = path
        self.awaitsRecovery = awaitsRecovery
    }
}
