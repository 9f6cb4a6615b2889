import Engine
import Model
import RecordingSupport
import TestSupport
import Testing
import Wire

/// What a snapshot holds of a stream: every field is stored and restored, and begins anew.
///
/// A field that is added to `PersistedState` fails here until it is set in `filled`, is coded in
/// `StreamSnapshot.State.code`, and, if it is to outlive a reset, is named there.
@Suite struct PersistedStateTests {
    /// Every field has another value than at the beginning, but for those of the other kind of model.
    private static func filled(readsWholeMessages: Bool) -> PersistedState {
        var state = PersistedState()
        for (index, counter) in PersistedState.counters.enumerated() {
            state[keyPath: counter] = UInt64(10 + index)
        }
        state.leadIn = .none
        state.messageStart = 3
        state.lastToken = .init(id: 5, offset: 4..<6)
        state.sentiment = .init(score: -0.5, positive: 0.25)
        state.hasPrediction = true
        state.isQuarantined = true
        if readsWholeMessages {
            state.message = [0, 7]
        } else {
            state.sentimentPool = SentimentPool(evidence: -1, weight: 2)
            state.sentimentPool.ngrams.evidence = 3
            state.sentimentPool.ngrams.count = 9
            state.sentimentPool.ngrams.recent = NGram([7, 255])
        }
        return state
    }

    private static func fields(_ state: PersistedState) -> [String: String] {
        let fields = Mirror(reflecting: state).children.map {
            ($0.label ?? "", String(reflecting: $0.value))
        }
        return Dictionary(uniqueKeysWithValues: fields)
    }

    /// Names of the fields that are not as at the beginning.
    private static func changed(_ state: PersistedState) -> Set<String> {
        let initial = fields(PersistedState())
        return Set(fields(state).filter { initial[$0.key] != $0.value }.keys)
    }

    private static let all = Set(fields(PersistedState()).keys)
    private static let counters: Set = [
        "epoch", "tokens", "offset", "messages", "incarnationTokens", "incarnationMessages",
        "streamEvents",
        "errorEvents",
    ]

    @Test func everyFieldIsFilledHere() {
        let changed = [true, false].map { Self.changed(Self.filled(readsWholeMessages: $0)) }
        #expect(changed[0].union(changed[1]) == Self.all)
    }

    @Test(arguments: [false, true])
    func everyFieldIsStored(readsWholeMessages: Bool) throws {
        let state = Self.filled(readsWholeMessages: readsWholeMessages)
        let snapshot = StreamSnapshot(
            stream: try StreamID("s"),
            model: try #require(Fingerprint(bytes: Array(repeating: 1, count: 32))),
            state: .init(state, tokenizer: [1, 2], values: [0.5]))
        let read = try StreamSnapshot(decoding: snapshot.encoded())
        #expect(Self.fields(read.state.persisted) == Self.fields(state))
        #expect(read == snapshot)
    }

    @Test(arguments: [false, true])
    func everyFieldBeginsAnew(readsWholeMessages: Bool) {
        let state = Self.filled(readsWholeMessages: readsWholeMessages)
        var (next, cut) = (state, state)
        next.beginEpoch()
        #expect(
            Self.changed(next) == [
                "epoch", "incarnationTokens", "incarnationMessages", "streamEvents", "errorEvents",
            ])
        #expect(next.epoch == state.epoch + 1)
        cut.dropMessage()
        #expect(Self.changed(cut) == Self.counters.union(["lastToken", "isQuarantined"]))
        #expect(Self.changed(state.countersOnly) == Self.counters)
    }

    /// A stream that is put continues with every field, and a reset leaves none but the counters of all
    /// epochs.
    @Test(arguments: [false, true])
    func aStreamInMemoryHoldsEveryField(readsWholeMessages: Bool) throws {
        var config = TestModel.config()
        if readsWholeMessages {
            config = TestModel.bidirectional()
        } else {
            config.heads.sentimentPooling = .gated
            config.heads.sentimentNGrams = 3
        }
        let model = try TestModel.make(config)
        let (first, second) = (try DrivenShard(model), try DrivenShard(model))
        first.accept(.text("a", "some te", more: true))
        first.run()
        let id = try StreamID("a")
        var snapshot = try #require(first.shard.snapshot(of: id))
        snapshot.state.persisted = Self.filled(readsWholeMessages: readsWholeMessages)
        second.accept(
            Request(stream: id, operation: .put, text: snapshot.portable().encoded()))
        second.run()
        // Its arrival is an event.
        snapshot.state.streamEvents += 1
        let held = try #require(second.shard.snapshot(of: id))
        #expect(Self.fields(held.state.persisted) == Self.fields(snapshot.state.persisted))
        #expect(held.stateDigest == snapshot.stateDigest)

        second.accept(.operation(.reset, "a"))
        second.run()
        snapshot.state.persisted.beginEpoch()
        snapshot.state.streamEvents += 1
        let reset = try #require(second.shard.snapshot(of: id))
        #expect(Self.fields(reset.state.persisted) == Self.fields(snapshot.state.persisted))
        #expect(reset.state.values.allSatisfy { $0 == 0 })
    }
}
