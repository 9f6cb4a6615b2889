import Digests
import Engine
import Model
import TestSupport
import Tokenizer
import Wire

/// A snapshot with a checksum that is right: it is refused, or a stream goes on from it.
///
///     model u8 | version u16 | piece: the stream | all from `sequence` on up to the checksum
enum SnapshotTarget {
    static let target = FuzzTarget("snapshot", seeds: seeds) {
        let models = try makeModels()
        return { try check($0, models) }
    }

    private static func makeModels() throws -> [Model] {
        var pooled = TestModel.config(.gru, layers: 1, hidden: 2)
        pooled.heads.sentimentPooling = .gated
        pooled.heads.sentimentNGrams = 3
        let configs = [
            TestModel.config(.lstm, layers: 1, hidden: 2), pooled,
            TestModel.bidirectional(.gru, layers: 1, hidden: 2),
        ]
        return try configs.map { try Model.random(config: $0) }
    }

    private static func check(_ bytes: [UInt8], _ models: [Model]) throws {
        var input = FuzzInput(bytes)
        let model = models[input.number(below: models.count)]
        let snapshot = whole(&input, model)
        let decoded: StreamSnapshot
        do {
            decoded = try StreamSnapshot(decoding: snapshot)
        } catch {
            try require(!error.description.isEmpty, "a reason")
            try require(admitted(snapshot, model) == nil, "bytes that are none are refused")
            return
        }
        let encoded = decoded.encoded()
        try requireEqual(
            try StreamSnapshot(decoding: encoded).encoded(), encoded, "written, read and written")
        let isAdmitted = admitted(snapshot, model) != nil
        if isAdmitted { try requireEqual(encoded, snapshot, "read and written") }
        _ = StreamReport(decoded, model: model)
        try checkContinuing(snapshot, decoded.stream, model, isAdmitted: isAdmitted)
    }

    private static func admitted(_ snapshot: [UInt8], _ model: Model) -> StreamSnapshot? {
        try? SnapshotValidator(model: model).admit(snapshot)
    }

    private static func whole(_ input: inout FuzzInput, _ model: Model) -> [UInt8] {
        var bytes = Array("sluice stream\n".utf8)
        let version = input.uint16()
        bytes += [UInt8(truncatingIfNeeded: version), UInt8(truncatingIfNeeded: version >> 8)]
        let name = input.piece()
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: name.count >> ($0 * 8)) } + name
        bytes += model.fingerprint.bytes + input.all()
        return bytes + Digest(of: bytes).bytes
    }

    /// A shard takes it, and texts after it.
    private static func checkContinuing(
        _ snapshot: [UInt8], _ stream: StreamID, _ model: Model, isAdmitted: Bool
    ) throws {
        var options = EngineOptions()
        options.maxStreams = 2
        let demand = Demand(outputs: 1)
        demand.subscribe(output: 0, to: [])
        let shard = try Shard(
            model: model, options: options, outputs: [OutputProfile()], demand: demand,
            fragments: TokenFragments(model.tokenizer.vocabulary), statistics: EngineStatistics())
        let operations: [(Request.Operation, String)] = [
            (.text, "Go on."), (.flush, ""), (.text, "And on."), (.end, ""),
        ]
        shard.accept(.request(Request(stream: stream, operation: .put, text: snapshot)))
        for (operation, text) in operations {
            shard.accept(
                .request(Request(stream: stream, operation: operation, text: Array(text.utf8))))
        }
        while shard.step() {}
        let events = shard.takeFrames(output: 0)
        let first = try events.entries.first.map {
            try Event(kind: $0.kind, body: Array(events.body(of: $0)))
        }
        let isResumed = first?.payload == .stream(.resumed)
        try requireEqual(isResumed, isAdmitted, "a stream begins with the snapshot")
    }

    private static func seeds() throws -> [[UInt8]] {
        try makeModels().enumerated().flatMap { index, model in
            try ["", "A text. ", "x\u{e9}"].map { text in
                try seed(index, model, text)
            }
        }
    }

    /// Of a stream that has read this text.
    private static func seed(_ index: Int, _ model: Model, _ text: String) throws -> [UInt8] {
        var state = StreamSnapshot.State(
            values: [Float](repeating: 0.25, count: model.network.stateLayout.valueCount))
        state.tokenizer = IncrementalTokenizer(model.tokenizer.makeEncoder()).snapshot()
        state.offset = UInt64(text.utf8.count)
        state.tokens = state.offset
        if let last = text.utf8.last {
            state.lastToken = .init(id: Int32(last), offset: state.offset - 1..<state.offset)
            state.messageStart = 0
        }
        if index == 1, !text.isEmpty {
            (state.sentimentPool.evidence, state.sentimentPool.weight) = (0.5, 1)
        }
        if index == 2 { state.message = text.utf8.map { Int32($0) } }
        let snapshot = StreamSnapshot(
            stream: try StreamID("s"), model: model.fingerprint, state: state)
        let encoded = snapshot.encoded()
        let start = "sluice stream\n".utf8.count
        let content = start + 2 + 4 + 1 + Fingerprint.byteCount
        return [UInt8(index), encoded[start + 1], encoded[start]] + piece("s")
            + encoded[content...].dropLast(Digest.byteCount)
    }
}
