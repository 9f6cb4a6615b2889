import Dispatch
import Engine
import Foundation
import Journal
import Kernels
import Model
import Storage
import Synchronization
import Threads
import Wire

/// An engine with a journal, and the first failure of either.
final class StoredEngine: Sendable {
    private let engine: Engine
    private let journal: JournalThread?
    private let trouble: Trouble

    /// Of requests and of records that wait: little, so that memory use shows streams alone.
    private static let queueBytes = 1 << 20
    /// Of requests, for each stream held: less than one's, since a stream with something to read
    /// cannot make room for another.
    private static let queueBytesPerStream = 64
    /// How long to wait for a reply before looking whether the engine still works.
    private static let patience = 0.2

    /// - Parameters:
    ///   - store: the journal's file; nil to keep nothing.
    ///   - room: streams held in memory, in place of the option's.
    /// - Throws: `StorageError`, `ModelError`, `KernelError`.
    init(
        _ model: Model, _ options: StreamsMeasurement.Options, store: URL?, room: Int? = nil
    ) throws {
        let trouble = Trouble()
        var engineOptions = EngineOptions()
        engineOptions.shards = options.threads
        engineOptions.kernelTier = options.kernels.tier
        engineOptions.maxStreams = room ?? options.resident
        engineOptions.queueBytes = min(
            Self.queueBytes, engineOptions.maxStreams * Self.queueBytesPerStream)
        let journal = try store.map {
            try Self.journal(at: $0, model, options, trouble)
        }
        var listeners = EngineListeners { _, _, _ in }
        listeners.failed = { trouble.note($0) }
        listeners.refused = { _, refusal in trouble.note(RefusedInput(refusal: refusal)) }
        engine = try Engine(
            model: model, options: engineOptions, outputs: [OutputProfile()],
            demand: Demand(outputs: 1),
            journal: store.flatMap { store in
                journal.map { EngineJournal(thread: $0, storage: JournalStorage(path: store.path)) }
            }, listeners: listeners)
        self.journal = journal
        self.trouble = trouble
        trouble.stop = { [engine] in
            journal?.abandon()
            engine.abandon()
        }
    }

    private static func journal(
        at file: URL, _ model: Model, _ options: StreamsMeasurement.Options, _ trouble: Trouble
    ) throws -> JournalThread {
        let writer = try JournalWriter(
            path: file.path,
            options: JournalOptions(isDurable: options.isDurable, shards: options.threads))
        try writer.write([
            .model(ModelRecord(fingerprint: model.fingerprint.bytes, folder: model.folder.path))
        ])
        var threadOptions = JournalThread.Options()
        threadOptions.queueBytes = queueBytes
        var listeners = JournalThread.Listeners()
        listeners.failed = { trouble.note($0) }
        listeners.stalled = { error in if let error { trouble.note(error) } }
        let fence = try writer.acquire(
            RunRecord(
                started: Date().timeIntervalSince1970, version: "bench",
                model: model.fingerprint.bytes, kernelTier: options.kernels.tier.rawValue,
                threads: options.threads))
        return try JournalThread(
            writer, fence: fence, shards: options.threads, options: threadOptions,
            listeners: listeners)
    }

    deinit {
        engine.abandon()
        _ = engine.finish()
        journal?.abandon()
        _ = journal?.finish(by: .distantFuture)
        trouble.stop = nil
    }

    var statistics: EngineStatistics { engine.statistics }

    /// - Throws: what stopped the engine.
    func submit(_ inputs: [EngineInput]) throws {
        engine.submit(inputs)
        try trouble.check()
    }

    func countReply() { trouble.replied.signal() }

    /// Returns after an answer, or when it is time to check again.
    ///
    /// - Throws: what stopped the engine.
    func waitForReply() throws {
        trouble.replied.wait(until: .now() + Self.patience)
        try trouble.check()
    }

    /// Writes all that is left.
    ///
    /// - Throws: what stopped the engine.
    func finish() throws {
        _ = engine.finish()
        _ = journal?.finish(by: .distantFuture)
        try trouble.check()
    }
}

/// The first failure on another thread.
private final class Trouble: Sendable {
    let replied = MonotonicSemaphore()
    private let state = Mutex<(error: (any Error)?, stop: (@Sendable () -> Void)?)>((nil, nil))

    /// What ends the threads.
    var stop: (@Sendable () -> Void)? {
        get { state.withLock { $0.stop } }
        set { state.withLock { $0.stop = newValue } }
    }

    func note(_ error: any Error) {
        let stop = state.withLock { state in
            state.error = state.error ?? error
            return state.stop
        }
        stop?()
        replied.signal()
    }

    func check() throws {
        if let error = state.withLock({ $0.error }) { throw error }
    }
}

private struct RefusedInput: Error, CustomStringConvertible {
    let refusal: Refusal
    var description: String { "the engine refused a message: \(refusal)" }
}
