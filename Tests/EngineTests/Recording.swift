import Engine
import Model
import Synchronization
import TestSupport
import Tokenizer
import Wire

/// What was published for one topic: bodies and sequence numbers, in order.
struct Published: Equatable {
    var bodies: [String] = []
    var sequences: [UInt64] = []

    mutating func append(_ body: ArraySlice<UInt8>, _ sequence: UInt64) {
        bodies.append(String(decoding: body, as: UTF8.self))
        sequences.append(sequence)
    }
}

/// Everything published, by output and topic.
struct Recording: Equatable {
    var topics: [[String: Published]]

    init(outputs: Int = 1) { topics = Array(repeating: [:], count: outputs) }

    mutating func add(_ frames: EventFrames, output: Int = 0) {
        for entry in frames.entries {
            let topic = String(decoding: frames.topic(of: entry), as: UTF8.self)
            topics[output][topic, default: Published()].append(
                frames.body(of: entry), entry.sequence)
        }
    }

    subscript(topic: String) -> Published { topics[0][topic] ?? Published() }

    /// What was published about one stream.
    func about(_ stream: String) -> [String: Published] {
        topics[0].filter { $0.key.hasSuffix("/\(stream)") }
    }

    func events(_ kind: EventKind, _ stream: String) throws -> [Event] {
        try self["\(kind.rawValue)/\(stream)"].bodies.map {
            try Event(kind: kind, body: Array($0.utf8))
        }
    }
}

/// A shard that a test drives by hand, and all that it published.
final class DrivenShard {
    let shard: Shard
    let demand: Demand
    let statistics = EngineStatistics()
    var openStreams: Int { statistics.streams.load(ordering: .relaxed) }
    var readTokens: Int { statistics.tokens.load(ordering: .relaxed) }
    private(set) var recording: Recording
    private let outputs: Int

    init(
        _ model: Model, options: EngineOptions = EngineOptions(),
        outputs: [OutputProfile] = [OutputProfile()], subscribed: [String] = [""]
    ) throws {
        demand = Demand(outputs: outputs.count)
        self.outputs = outputs.count
        recording = Recording(outputs: outputs.count)
        let vocabulary = model.tokenizer.vocabulary
        shard = try Shard(
            model: model, options: options, outputs: outputs, demand: demand,
            fragments: TokenFragments(count: vocabulary.count) { Array(vocabulary.bytes(of: $0)) },
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

extension Request {
    static func text(_ stream: String, _ text: String, more: Bool = false) -> Request {
        Request(stream: try! StreamID(stream), text: Array(text.utf8), more: more)
    }

    static func operation(_ operation: Operation, _ stream: String) -> Request {
        Request(stream: try! StreamID(stream), operation: operation)
    }
}
