import Engine
import Foundation
import Journal
import Model
import TestSupport
import Tokenizer
import Wire

/// A store in a folder of its own, written by a shard that a test drives: each `serve` is a run of
/// a daemon.
final class RecordedStore {
    let path: String
    private(set) var recording = Recording()
    private let folder: String
    private let writer: JournalWriter
    private let keys: StreamKeys
    private var shard: Shard?
    private var demand = Demand(outputs: 1)
    private var models: [Model] = []
    /// What is written instead of what the shard says: to record what was not.
    var alter: (JournalEntry) -> JournalEntry = { $0 }
    private var time = 1_700_000_000.0

    init() throws {
        folder = NSTemporaryDirectory() + "sluice-replay-" + UUID().uuidString
        path = folder + "/journal.sqlite"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var options = JournalOptions()
        options.isDurable = false
        writer = try JournalWriter(path: path, options: options)
        keys = StreamKeys(next: writer.nextKey)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Begins a run with this model; what an earlier one had left is done.
    func serve(
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

    func subscribe(_ topics: [String], output: Int = 0) {
        for topic in topics { demand.subscribe(output: output, to: Array(topic.utf8)) }
    }

    func unsubscribe(_ topics: [String], output: Int = 0) {
        for topic in topics { demand.unsubscribe(output: output, from: Array(topic.utf8)) }
    }

    func accept(_ requests: Request...) throws {
        for request in requests { try accept(.request(request)) }
    }

    func accept(_ input: EngineInput) throws {
        time += 1
        shard?.time = time
        shard?.accept(input)
        try collect()
    }

    /// One step. False if no stream was ready.
    @discardableResult
    func step() throws -> Bool {
        let hasStepped = shard?.step() ?? false
        try collect()
        return hasStepped
    }

    func run() throws {
        while try step() {}
    }

    /// All idle streams leave for the store.
    func evict() throws {
        while shard?.evictIdle(before: .infinity) == true {}
        try collect()
    }

    /// Reads all, and checkpoints every stream that has changed.
    func finish() throws {
        guard let shard else { return }
        try run()
        shard.beginSweep(shard: 0)
        while shard.isSweeping { shard.continueSweep() }
        try collect()
        self.shard = nil
    }

    /// The store as replay opens it.
    func opened() throws -> SessionStore {
        let shelf = ModelShelf()
        for model in models { shelf.add(model) }
        return try SessionStore(path: path, models: shelf)
    }

    func session(_ stream: String, life: UInt64? = nil) throws -> Session {
        try opened().session(of: StreamID(stream), life: life)
    }

    private func collect() throws {
        guard let shard else { return }
        let batch = shard.takeBatch()
        try writer.write(batch.entries.map(alter))
        shard.forgetDormant(committed: batch.number)
        for output in recording.topics.indices {
            recording.add(shard.takeFrames(output: output), output: output)
        }
    }
}
