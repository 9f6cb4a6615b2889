import Engine
import Synchronization
import Threads
import Wire

/// Feeds every stream of an engine so that none runs out of text: a thread submits a piece for each
/// in turn, and waits while the engine's queues are full.
final class TextFeeder: Sendable {
    private let streams: [StreamID]
    private let messages: [[UInt8]]
    private let engine: Engine
    private let nanoseconds = Atomic<Int>(0)
    private let thread = Mutex<WorkerThread?>(nil)

    /// Words in a piece; the streams drift apart by its tokens, not by those of a whole text.
    static let words = 8
    /// Pieces of each stream that wait.
    private static let depth = 16

    /// Starts to feed.
    init(_ engine: Engine, streams: [StreamID], messages: [[UInt8]]) {
        (self.engine, self.streams, self.messages) = (engine, streams, messages)
        let thread = WorkerThread(name: "feeder") { [self] in feed() }
        self.thread.withLock { $0 = thread }
    }

    /// Weight of requests that should wait in each shard of an engine.
    static func queueBytes(streams: Int, shards: Int, messages: [[UInt8]]) -> Int {
        let size = messages.reduce(0) { $0 + $1.count } / messages.count + 160
        return max(1 << 14, streams * size * depth / shards)
    }

    /// CPU seconds that feeding has taken so far.
    var cpu: Double { Double(nanoseconds.load(ordering: .relaxed)) * 1e-9 }

    /// Waits until the engine takes no more.
    func join() { thread.withLock { $0 }?.join() }

    private func feed() {
        let stride = max(1, messages.count / streams.count)
        var round = 0
        repeat {
            nanoseconds.store(Int(CPUTime.ofThread * 1e9), ordering: .relaxed)
            round += 1
        } while engine.submit(inputs(round: round, stride: stride))
    }

    /// Each stream reads the text from another position on, as one message that never ends.
    private func inputs(round: Int, stride: Int) -> [EngineInput] {
        streams.enumerated().map { index, stream in
            let text = messages[(index * stride + round) % messages.count]
            return .request(Request(stream: stream, text: text, more: true))
        }
    }
}
