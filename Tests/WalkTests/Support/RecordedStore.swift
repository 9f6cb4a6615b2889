import Engine
import Foundation
import Journal
import Model
import TestSupport
import Tokenizer
import Wire

/// A store in a folder of its own, written by a shard that hears all it says.
final class RecordedStore {
    let path: String
    private(set) var events: [Event] = []
    private let folder: String
    private let writer: JournalWriter
    private let keys: StreamKeys
    private var shard: Shard?
    private var models: [Model] = []
    private var time = 1_700_000_000.0

    init() throws {
        folder = NSTemporaryDirectory() + "sluice-walk-" + UUID().uuidString
        path = folder + "/journal.sqlite"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var options = JournalOptions()
        options.isDurable = false
        writer = try JournalWriter(path: path, options: options)
        keys = StreamKeys(next: writer.nextKey)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Begins a run with this model.
    func serve(_ model: Model, checkpointTokens: UInt64 = 16) throws {
        try finish()
        models.append(model)
        var options = EngineOptions()
        options.recordsOutcomes = true
        options.checkpoints = true
        options.checkpointTokens = checkpointTokens
        options.maxStreams = 8
        let demand = Demand(outputs: 1)
        demand.subscribe(output: 0, to: [])
        let vocabulary = model.tokenizer.vocabulary
        shard = try Shard(
            model: model, options: options, outputs: [OutputProfile()], demand: demand,
            fragments: TokenFragments(count: vocabulary.count) { Array(vocabulary.bytes(of: $0)) },
            statistics: EngineStatistics(), store: try JournalReader(path: path), keys: keys)
    }

    func accept(_ requests: Request...) throws {
        for request in requests {
            time += 1
            shard?.time = time
            shard?.accept(.request(request))
            try collect()
        }
    }

    func run() throws {
        while shard?.step() == true { try collect() }
        try collect()
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

    func session(_ stream: String = "s") throws -> Session {
        let shelf = ModelShelf()
        for model in models { shelf.add(model) }
        return try SessionStore(path: path, models: shelf).session(of: StreamID(stream))
    }

    private func collect() throws {
        guard let shard else { return }
        let batch = shard.takeBatch()
        try writer.write(batch.entries)
        shard.forgetDormant(committed: batch.number)
        let frames = shard.takeFrames(output: 0)
        events += try frames.entries.map { try Event(kind: $0.kind, body: frames.body(of: $0)) }
    }
}

extension RecordedStore {
    /// One stream, `s`: random texts whole and in pieces, flushes, resets, evictions.
    static func random(
        _ models: [Model], requests: Int = 16, checkpointTokens: UInt64 = 16, seed: UInt64
    ) throws -> RecordedStore {
        let store = try RecordedStore()
        var random = SeededRandom(seed: seed)
        for model in models {
            try store.serve(model, checkpointTokens: checkpointTokens)
            try store.accept(.text("Once "))
            for _ in 0..<requests { try store.addRandomRequest(&random) }
        }
        try store.finish()
        return store
    }

    private func addRandomRequest(_ random: inout SeededRandom) throws {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: try accept(.operation(.flush))
        case 1: try accept(.operation(.reset))
        case 2:
            try run()
            try evict()
        default:
            var request = Request.text("", more: Bool.random(using: &random))
            let size = Int.random(in: 1...90, using: &random)
            request.text =
                Int.random(in: 0..<6, using: &random) == 0
                ? random.bytes(size) : random.text(size)
            try accept(request)
        }
        if Bool.random(using: &random) { try run() }
    }
}

extension Request {
    static func text(_ text: String, of stream: String = "s", more: Bool = false) -> Request {
        Request(stream: try! StreamID(stream), text: Array(text.utf8), more: more)
    }

    static func operation(_ operation: Operation, of stream: String = "s") -> Request {
        Request(stream: try! StreamID(stream), operation: operation)
    }
}
