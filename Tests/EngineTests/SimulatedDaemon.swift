import Engine
import Foundation
import Journal
import Model
import RecordingSupport
import Storage
import StorageSupport
import Synchronization
import TestSupport
import Testing
import Tokenizer
import Wire

/// One shard and its store, with the order of everything in the test's hands: when inputs are taken,
/// when steps are made, when the journal commits, and when all of it dies.
final class SimulatedDaemon {
    let storage: any Storage
    private let makeWriter: () throws -> any StorageWriter
    private let model: Model
    private let options: EngineOptions
    private var writer: (any StorageWriter)?
    private var fence = FenceToken(epoch: 0)
    private var appended: UInt64 = 0
    /// Streams that an earlier run had not finished with, and that are not read again yet.
    private var unrecovered: [StreamID] = []
    private let recoversBesideServing: Bool
    private var shard: Shard?
    private let demand = Demand(outputs: 1)
    /// Batches that the shard has handed over and the journal has not committed.
    private var queue: [JournalBatch] = []
    /// Events that wait for a batch, or for none.
    private var held: [(hold: UInt64?, frames: EventFrames)] = []
    private var committed: UInt64 = 0

    private(set) var recording = ReplayableRecording()
    private(set) var acknowledgements: [Acknowledgement] = []

    /// On a store in SQLite.
    convenience init(
        _ model: Model, path: String, options: EngineOptions = EngineOptions(),
        recoversBesideServing: Bool = false
    ) throws {
        // No power is lost here, so nothing need be on the disk.
        let journal = JournalOptions(isDurable: false, check: .never)
        try self.init(
            model, on: JournalStorage(path: path), options: options,
            recoversBesideServing: recoversBesideServing
        ) { try JournalWriter(path: path, options: journal) }
    }

    /// On a store in memory.
    convenience init(
        _ model: Model, on memory: MemoryStorage, options: EngineOptions = EngineOptions(),
        recoversBesideServing: Bool = false
    ) throws {
        try self.init(
            model, on: memory, options: options, recoversBesideServing: recoversBesideServing
        ) { memory.makeWriter() }
    }

    private init(
        _ model: Model, on storage: any Storage, options: EngineOptions,
        recoversBesideServing: Bool, makeWriter: @escaping () throws -> any StorageWriter
    ) throws {
        self.storage = storage
        self.makeWriter = makeWriter
        self.recoversBesideServing = recoversBesideServing
        self.model = model
        var options = options
        options.recordsOutcomes = true
        options.checkpoints = true
        self.options = options
        demand.subscribe(output: 0, to: [])
        try start()
    }

    /// Opens the store and reads again what is unfinished; takes it in alone if it is not to read.
    func start(reads: Bool = true) throws {
        let writer = try makeWriter()
        fence = try writer.acquire(
            RunRecord(
                started: 0, version: "", model: model.fingerprint.bytes, kernelTier: "", threads: 1)
        )
        appended = 0
        let shard = try Shard(
            model: model, options: options, outputs: [OutputProfile()], demand: demand,
            fragments: TokenFragments(model.tokenizer.vocabulary),
            statistics: EngineStatistics(), store: try storage.makeReader(),
            keys: StreamKeys(next: writer.nextKey), awaitsRecovery: true)
        shard.time = time
        (self.writer, self.shard) = (writer, shard)
        (queue, held, committed) = ([], [], 0)
        unrecovered = try storage.makeReader().unfinishedStreams()
        if !recoversBesideServing { recoverAll(reads: reads) }
    }

    /// Reads the next unfinished stream again; after the last, sweeps cover all streams.
    func recoverNext() {
        guard !unrecovered.isEmpty else { return }
        accept(.recovery(unrecovered.removeFirst(), isDone: {}))
        if unrecovered.isEmpty { accept(.recovered) }
    }

    func recoverAll(reads: Bool = true) {
        if unrecovered.isEmpty { accept(.recovered) }
        while !unrecovered.isEmpty { recoverNext() }
        if reads { run() }
    }

    /// What is not committed is gone, as at a `kill -9`.
    func crash(reads: Bool = true) throws {
        shard = nil
        try writer?.close()
        writer = nil
        try start(reads: reads)
    }

    func stop() throws {
        run()
        shard?.beginSweep(shard: 0)
        while shard?.isSweeping == true { shard?.continueSweep() }
        run()
        try commit()
        try writer?.release(fence, at: 0)
        try writer?.close()
        (writer, shard) = (nil, nil)
    }

    func accept(_ input: EngineInput) {
        shard?.accept(input)
        collect()
    }

    func step() -> Bool {
        defer { collect() }
        return shard?.step() ?? false
    }

    func run() { while step() {} }

    /// Seconds since 1970; 0 after a start.
    func setTime(_ time: Double) { self.time = time }

    /// Flushes what idle streams hold back, as if they had been idle for long enough.
    func flushIdle() {
        for idle in shard?.takeHeldBack() ?? [] {
            shard?.flushIfIdle(idle.stream, since: idle.activity)
        }
        collect()
        run()
    }

    /// What an administrator is shown.
    func listing() throws -> [ListedStream] {
        let found = Mutex<[ResidentStream]>([])
        let list = ControlList()
        withExtendedLifetime(found) {
            accept(
                .list(StreamSelection(prefix: [], after: nil, limit: 100)) { residents in
                    found.withLock { $0 = residents }
                })
        }
        let residents = found.withLock { $0.map { ListedStream($0) } }
        let stored = try storage.makeReader().listedStreams(list)
        return StreamListing(list, residents: residents, stored: stored).streams
    }

    func evictIdle() {
        _ = shard?.evictIdle(before: .infinity)
        collect()
    }

    func beginSweep() {
        shard?.beginSweep(shard: 0)
        collect()
    }

    func continueSweep() {
        shard?.continueSweep(atMost: 2)
        collect()
    }

    /// Commits the first batches that wait; tells what waited for them.
    func commit(atMost count: Int = .max) throws {
        let batches = queue.prefix(count)
        guard let last = batches.last else { return release() }
        appended += 1
        try writer?.append(
            StorageBatch(number: appended, batches.flatMap(\.records)), fence: fence)
        queue.removeFirst(batches.count)
        committed = last.number
        acknowledgements += batches.flatMap(\.acknowledgements)
        shard?.forgetDormant(committed: committed)
        release()
    }

    /// A stream's state once all that came for it is done.
    func snapshot(of stream: String) throws -> StreamSnapshot? {
        let found = Mutex<StreamSnapshot?>(nil)
        let id = try StreamID(stream)
        withExtendedLifetime(found) {
            accept(.snapshot(id) { snapshot in found.withLock { $0 = try? snapshot.get() } })
            run()
        }
        return found.withLock { $0 }
    }

    var failure: (any Error)? { shard?.failure }

    /// What is accepted is stamped with it.
    var time = 0.0 {
        didSet { shard?.time = time }
    }

    private func collect() {
        guard let shard else { return }
        if !shard.batch.isEmpty { queue.append(shard.takeBatch()) }
        let frames = shard.takeFrames(output: 0)
        if !frames.isEmpty { held.append((shard.hold, frames)) }
        if queue.isEmpty { release() }
    }

    private func release() {
        while let first = held.first, (first.hold ?? 0) <= committed {
            held.removeFirst()
            recording.add(first.frames)
        }
    }
}

/// Events by topic and sequence: one that comes again must be the same.
struct ReplayableRecording {
    private(set) var events: [String: [UInt64: String]] = [:]
    private(set) var conflicts: [String] = []

    mutating func add(_ frames: EventFrames) {
        for entry in frames.entries {
            let topic = String(decoding: frames.topic(of: entry), as: UTF8.self)
            let body = String(decoding: frames.body(of: entry), as: UTF8.self)
            if let before = events[topic]?[entry.sequence], before != body {
                conflicts.append("\(topic) \(entry.sequence): \(before) and then \(body)")
            }
            events[topic, default: [:]][entry.sequence] = body
        }
    }
}
