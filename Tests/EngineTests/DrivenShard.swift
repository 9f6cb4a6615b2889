import Engine
import Metrics
import Model
import RecordingSupport
import Synchronization
import TestSupport
import Threads
import Tokenizer
import Wire

/// A shard that a test drives by hand, and all that it published.
final class DrivenShard {
    let shard: Shard
    let demand: Demand
    let statistics = EngineStatistics()
    var openStreams: Int { statistics.streams.value }
    /// Start tokens and separators among them.
    var readTokens: Int { statistics.rows.value }
    private(set) var recording: Recording
    private let outputs: Int

    init(
        _ model: Model, options: EngineOptions = EngineOptions(),
        outputs: [OutputProfile] = [OutputProfile()], subscribed: [String] = [""]
    ) throws {
        demand = Demand(outputs: outputs.count)
        self.outputs = outputs.count
        recording = Recording(outputs: outputs.count)
        shard = try Shard(
            model: model, options: options, outputs: outputs, demand: demand,
            fragments: TokenFragments(model.tokenizer.vocabulary),
            statistics: statistics)
        for output in outputs.indices {
            for topic in subscribed { demand.subscribe(output: output, to: Array(topic.utf8)) }
        }
    }

    func accept(_ requests: Request...) {
        for request in requests { accept(.request(request)) }
    }

    func accept(_ input: EngineInput) {
        shard.accept(input)
        collect()
    }

    /// One step. False if no stream was ready.
    @discardableResult
    func step() -> Bool {
        defer { collect() }
        return shard.step()
    }

    func run() {
        while step() {}
    }

    private func collect() {
        for output in 0..<outputs {
            recording.add(shard.takeFrames(output: output), output: output)
        }
    }
}
