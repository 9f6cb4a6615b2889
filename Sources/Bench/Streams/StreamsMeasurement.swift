package import Client
import Engine
import Files
package import Foundation
package import Kernels
import Metrics
package import Model
import Randomness
import Synchronization
import Wire

/// Opens many streams in an engine that holds few of them, and returns to some at random: what
/// does not fit is evicted to the store and must be restored bit for bit.
package struct StreamsMeasurement {
    package struct Options: Sendable {
        package var streams = 1_000_000
        /// Of those, how many get a second message.
        package var revisits = 100_000
        /// Streams held in memory by each compute thread.
        package var resident = 20_000
        package var threads = 1
        package var words = 3
        package var isDurable = true
        /// Samples of memory and store in each phase.
        package var looks = 10
        package var kernels: Kernels

        package init(kernels: Kernels) { self.kernels = kernels }
    }

    package enum Phase: String, Sendable { case opening, revisiting }

    package struct Row: Sendable {
        package let phase: Phase
        /// Messages of this phase so far, each for a stream of its own.
        package let messages: Int
        /// Of this phase.
        package let seconds: Double
        package let cpu: Double
        /// Since the engine began.
        package let evicted: Int
        package let resumed: Int
        package let residentBytes: Int
        package let storeBytes: Int
    }

    /// Results for the streams that were revisited.
    package struct Outcome: Sendable {
        package let revisited: Int
        /// Had been evicted before their second message.
        package let resumed: Int
        /// Whose state is, bit for bit, that of a stream that had the same messages and stayed.
        package let exact: Int
        /// What the first one that is not has, and should have.
        package let firstDifference: String?
    }

    private let model: Model
    private let messages: StreamsMessages
    private let options: Options
    private let interruption: Interruption

    /// Streams whose requests are handed over at once: few of those that are held.
    private var portion: Int { min(1000, max(1, options.resident / 4)) }

    package init(
        _ model: Model, text: String, _ options: Options, _ interruption: Interruption
    ) {
        self.model = model
        self.options = options
        self.interruption = interruption
        messages = StreamsMessages(text: text, words: options.words)
    }

    /// - Parameters:
    ///   - place: the folder in which the store is made, for as long.
    ///   - show: takes each row as it comes.
    /// - Throws: `ModelError`, `KernelError`, `StorageError`, `CocoaError`, `Interrupted`, and what
    ///   `show` throws.
    package func run(in place: URL, show: (Row) throws -> Void) throws -> Outcome {
        let visitors = try expectedVisitors()
        let chosen = chosenStreams
        let store = try TemporaryFolder("sluice-bench", in: place)
        let engine = try StoredEngine(model, options, store: store.file("store.sqlite"))
        let opening = Watch(.opening, engine, store.url)
        try inPortions(options.streams, watch: opening, show) { range in
            try engine.submit(try range.map { .request(try messages.first(of: $0)) })
        }
        let resumedBefore = engine.statistics.residence.resumed.value
        let revisiting = Watch(.revisiting, engine, store.url)
        try inPortions(chosen.count, watch: revisiting, show) { range in
            for stream in chosen[range] {
                try engine.submit([.request(try messages.second(of: Int(stream)))])
                try visitors.look(at: Int(stream), in: engine)
            }
        }
        try visitors.wait(for: chosen.count, engine, interruption)
        let resumed = engine.statistics.residence.resumed.value - resumedBefore
        try engine.finish()
        return visitors.outcome(resumed: resumed)
    }

    /// In the order of visits, none twice.
    private var chosenStreams: [UInt32] {
        var random = SeededRandom(seed: 1)
        let all = (0..<UInt32(options.streams)).shuffled(using: &random)
        return Array(all.prefix(options.revisits))
    }

    private func inPortions(
        _ count: Int, watch: Watch, _ show: (Row) throws -> Void,
        _ submit: (Range<Int>) throws -> Void
    ) throws {
        var shown = 0
        for start in stride(from: 0, to: count, by: portion) {
            try interruption.check()
            let end = min(start + portion, count)
            try submit(start..<end)
            guard end * options.looks / count > shown else { continue }
            shown = end * options.looks / count
            try show(try watch.row(messages: end))
        }
    }

    /// The states of all pairs of messages, in an engine with room for all of them.
    private func expectedVisitors() throws -> Visitors {
        let engine = try StoredEngine(model, options, store: nil, room: messages.pairCount)
        let visitors = Visitors(messages, expected: [:])
        for stream in 0..<messages.pairCount {
            try engine.submit([
                .request(try messages.first(of: stream)),
                .request(try messages.second(of: stream)),
            ])
            try visitors.look(at: stream, in: engine)
        }
        try visitors.wait(for: messages.pairCount, engine, interruption)
        try engine.finish()
        return Visitors(messages, expected: visitors.seen)
    }

    /// Samples memory and store during a phase.
    private struct Watch {
        private let phase: Phase
        private let engine: StoredEngine
        private let folder: URL
        private let start = ContinuousClock.now
        private let cpu = CPUTime.ofProcess

        init(_ phase: Phase, _ engine: StoredEngine, _ folder: URL) {
            (self.phase, self.engine, self.folder) = (phase, engine, folder)
        }

        func row(messages: Int) throws -> Row {
            Row(
                phase: phase, messages: messages,
                seconds: start.duration(to: .now) / .seconds(1), cpu: CPUTime.ofProcess - cpu,
                evicted: engine.statistics.residence.evicted.value,
                resumed: engine.statistics.residence.resumed.value,
                residentBytes: try ResidentMemory.ofProcess(),
                storeBytes: try Self.byteCount(of: folder))
        }

        /// Of all files of the store: SQLite's log, too.
        private static func byteCount(of folder: URL) throws -> Int {
            try FileManager.default.contentsOfDirectory(
                at: folder, includingPropertiesForKeys: [.fileSizeKey]
            ).reduce(0) { try $0 + ($1.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0) }
        }
    }
}
