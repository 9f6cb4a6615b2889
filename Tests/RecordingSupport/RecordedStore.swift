package import Engine
import Foundation
import Journal
package import Model
package import Replay
package import Storage
import Tokenizer
package import Wire

/// A store in a folder of its own, written by a shard that a test drives: each `serve` is a run of
/// a daemon.
package final class RecordedStore {
    package let path: String
    package private(set) var recording = Recording()
    /// Events of the first output, in order.
    package var events: [Event] {
        get throws { try heard.map { try Event(kind: $0.kind, body: $0.body) } }
    }
    private var heard: [(kind: EventKind, body: [UInt8])] = []
    private let folder: String
    private let writer: JournalWriter
    private let keys: StreamKeys
    private var shard: Shard?
    private var demand = Demand(outputs: 1)
    private var models: [Model] = []
    /// What is written instead of what the shard says: to record what was not.
    package var alter: (StorageRecord) -> StorageRecord = { $0 }
    private var time = 1_700_000_000.0
    /// Nothing is deleted before `retain`.
    private static let maxAge = 1e6

    package init() throws {
        folder = NSTemporaryDirectory() + "sluice-replay-" + UUID().uuidString
        path = folder + "/journal.sqlite"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var options = JournalOptions()
        options.isDurable = false
        options.retention.maxAge = Self.maxAge
        writer = try JournalWriter(path: path, options: options)
        keys = StreamKeys(next: writer.nextKey)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Begins a run with this model; what an earlier one had left is done.
    package func serve(
        _ model: Model, maxStreams: Int = 64, checkpointTokens: UInt64 = 16,
        outputs: [OutputProfile] = [OutputProfile()], subscribed: [String] = [""], top: Int = 5
    ) throws {
        try finish()
        models.append(model)
        var options = EngineOptions()
        options.recordsOutcomes = true
        options.checkpoints = true
        options.checkpointTokens = checkpointTokens
        options.maxStreams = maxStreams
        options.top = top
        demand = Demand(outputs: outputs.count)
        for output in outputs.indices { subscribe(subscribed, output: output) }
        let vocabulary = model.tokenizer.vocabulary
        shard = try Shard(
            model: model, options: options, outputs: outputs, demand: demand,
            fragments: TokenFragments(count: vocabulary.count) { Array(vocabulary.bytes(of: $0)) },
            statistics: EngineStatistics(), store: try JournalReader(path: path), keys: keys)
        if recording.topics.count < outputs.count { recording = Recording(outputs: outputs.count) }
    }

    package func subscribe(_ topics: [String], output: Int = 0) {
        for topic in topics { demand.subscribe(output: output, to: Array(topic.utf8)) }
    }

    package func unsubscribe(_ topics: [String], output: Int = 0) {
        for topic in topics { demand.unsubscribe(output: output, from: Array(topic.utf8)) }
    }

    package func accept(_ requests: Request...) throws {
        for request in requests { try accept(.request(request)) }
    }

    package func accept(_ input: EngineInput) throws {
        time += 1
        shard?.time = time
        shard?.accept(input)
        try collect()
    }

    /// One step. False if no stream was ready.
    @discardableResult
    package func step() throws -> Bool {
        let hasStepped = shard?.step() ?? false
        try collect()
        return hasStepped
    }

    package func run() throws {
        while try step() {}
    }

    /// All idle streams leave for the store.
    package func evict() throws {
        while shard?.evictIdle(before: .infinity) == true {}
        try collect()
    }

    /// Reads all, and checkpoints every stream that has changed.
    package func finish() throws {
        guard let shard else { return }
        try run()
        shard.beginSweep(shard: 0)
        while shard.isSweeping { shard.continueSweep() }
        try collect()
        self.shard = nil
    }

    /// Deletes what is older than this many inputs, as far as retention may.
    package func retain(latest count: Double) throws {
        while try writer.retain(now: time + Self.maxAge - count) {}
    }

    /// The store as replay opens it.
    package func opened() throws -> SessionStore {
        let cache = ModelCache()
        for model in models { cache.add(model) }
        return try SessionStore(JournalStorage(path: path), models: cache)
    }

    package func session(_ stream: String, incarnation: UInt64? = nil) throws -> Session {
        try opened().session(of: StreamID(stream), incarnation: incarnation)
    }

    private func collect() throws {
        guard let shard else { return }
        let batch = shard.takeBatch()
        try writer.write(batch.records.map(alter))
        shard.forgetDormant(committed: batch.number)
        for output in recording.topics.indices {
            let frames = shard.takeFrames(output: output)
            recording.add(frames, output: output)
            guard output == 0 else { continue }
            heard += frames.entries.map { ($0.kind, Array(frames.body(of: $0))) }
        }
    }
}
