import Dispatch
import Engine
import Journal
import Logging
package import Model
import Storage
import Synchronization
import Threads
package import Wire

/// Carries out a few requests on a store that no daemon writes, as the daemon does: it recovers
/// what an earlier run left first.
package final class StoreSession {
    private let journal: JournalService
    private let engine: Engine
    private let answers: Answers

    /// - Parameter model: the one that the streams are read by.
    /// - Throws: `StorageError`: `inUse` while a daemon writes the store; `ModelError`,
    ///   `KernelError`.
    package init(store path: String, model: Model) throws {
        // No store is created here, so that a misspelt name is an error.
        _ = try JournalStorage(path: path).makeReader()
        var configuration = Configuration()
        configuration.journal.path = path
        configuration.engine.threads = 1
        let logger = Logger(label: "store") { _ in SwiftLogNoOpLogHandler() }
        let answers = Answers()
        guard
            let journal = try JournalService(
                configuration, model: model, logger: logger, environment: [:], committed: {},
                acknowledged: answers.add, stalled: answers.fail, failed: answers.fail)
        else { throw StorageError(.missing, in: path, "there is no store") }
        var listeners = EngineListeners { _, _, _ in }
        listeners.failed = answers.fail
        engine = try Engine(
            model: model, options: configuration.engineOptions, outputs: [],
            demand: Demand(outputs: 0), journal: journal.engineJournal, listeners: listeners)
        self.journal = journal
        self.answers = answers
        try Recovery(engine, journal.storage, logger: logger, notify: { _ in }).run()
        try answers.check()
    }

    /// Returns once the request is on disk.
    ///
    /// - Throws: `Refusal` if it is not accepted; what made the store unusable.
    package func perform(_ request: Request) throws {
        var request = request
        request.replyTo = .caller
        engine.submit([.request(request)])
        if case .refused(let refusal) = try answers.next() { throw refusal }
    }

    /// Leaves the store as a stopped daemon does. No further request is possible.
    package func close() throws {
        try answers.check()
        _ = engine.finish()
        _ = journal.thread.finish(by: .distantFuture)
        try answers.check()
    }
}

/// The journal's answers, one at a time.
private final class Answers: Sendable {
    private struct State {
        var results: [Acknowledgement.Result] = []
        var error: (any Error)?
    }

    private let state = Mutex(State())
    private let arrival = MonotonicSemaphore()

    @Sendable func add(_ acknowledgements: [Acknowledgement]) {
        state.withLock { $0.results += acknowledgements.map(\.result) }
        for _ in acknowledgements { arrival.signal() }
    }

    @Sendable func fail(_ error: any Error) {
        state.withLock { $0.error = $0.error ?? error }
        arrival.signal()
    }

    func next() throws -> Acknowledgement.Result {
        arrival.wait()
        try check()
        return state.withLock { $0.results.removeFirst() }
    }

    func check() throws {
        if let error = state.withLock({ $0.error }) { throw error }
    }
}
