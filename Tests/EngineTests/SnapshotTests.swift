import Digests
import Engine
import Model
import RecordingSupport
import TestSupport
import Testing
import Tokenizer
import Wire

/// The bytes of a snapshot: what is read is what was written, and nothing else is read.
@Suite struct SnapshotTests {
    // MARK: Round trips

    private func snapshot(_ random: inout SeededRandom) throws -> StreamSnapshot {
        func number() -> UInt64 { random.next() >> UInt64.random(in: 2..<64, using: &random) }
        func flag() -> Bool { Bool.random(using: &random) }
        func values(_ count: Int) -> [Float] {
            // Any bits, those of NaN too.
            (0..<count).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
        }
        var state = StreamSnapshot.State()
        (state.epoch, state.tokens, state.offset) = (number(), number(), number())
        (state.messages, state.incarnationTokens, state.incarnationMessages) = (
            number(), number(), number()
        )
        (state.streamEvents, state.errorEvents) = (number(), number())
        state.tokenizer = random.bytes(Int.random(in: 0...40, using: &random))
        state.leadIn = [.start, .separator, .none].randomElement(using: &random)!
        state.messageStart = flag() ? number() : nil
        let start = number() / 2
        state.lastToken =
            flag()
            ? .init(
                id: Int32(truncatingIfNeeded: random.next()),
                offset: start..<start + number() / 2 + 1)
            : nil
        state.sentiment = flag() ? .init(score: -0.25, positive: 0.375) : nil
        (state.hasPrediction, state.isQuarantined) = (flag(), flag())
        state.values = values(Int.random(in: 0...50, using: &random))
        if flag() {
            state.message = (0..<Int.random(in: 1...50, using: &random)).map { _ in
                Int32(truncatingIfNeeded: random.next())
            }
        } else if flag() {
            let sums = values(2)
            state.sentimentPool = SentimentPool(evidence: sums[0], weight: sums[1])
            if flag() {
                state.sentimentPool.ngrams.evidence = values(1)[0]
                state.sentimentPool.ngrams.count = number() / 2 + 1
                state.sentimentPool.ngrams.recent = NGram(
                    (0..<Int32.random(in: 1...2, using: &random)).map { $0 * 977 })
            }
        }
        let name = random.text(Int.random(in: 1...60, using: &random)).filter { $0 >= 0x20 }
        var snapshot = StreamSnapshot(
            stream: try StreamID(String(decoding: name + [0x61], as: UTF8.self)),
            model: try #require(Fingerprint(bytes: random.bytes(32))), state: state)
        (snapshot.sequence, snapshot.position) = (number(), number())
        snapshot.isEvicted = flag()
        snapshot.eventsDigest = flag() ? random.bytes(16) : []
        return snapshot
    }

    @Test func whatIsWrittenIsRead() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<500 {
            let snapshot = try snapshot(&random)
            let bytes = snapshot.encoded()
            let again = try StreamSnapshot(decoding: bytes)
            // By their bytes: a NaN is equal to nothing.
            #expect(again.encoded() == bytes)
            #expect(again.stream == snapshot.stream && again.model == snapshot.model)
            #expect(again.state.lastToken == snapshot.state.lastToken)
            #expect(again.state.message == snapshot.state.message)
            let sum = again.state.sentimentPool.ngrams
            let expected = snapshot.state.sentimentPool.ngrams
            #expect(sum.count == expected.count && sum.recent == expected.recent)
            #expect(again.stateDigest == snapshot.stateDigest)
        }
    }

    @Test func everyTruncationAndEveryFlippedBitIsRefused() throws {
        var random = SeededRandom(seed: 2)
        let bytes = try snapshot(&random).encoded()
        for count in bytes.indices {
            #expect(throws: SnapshotError.self, "\(count) of \(bytes.count) bytes") {
                try StreamSnapshot(decoding: Array(bytes.prefix(count)))
            }
        }
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                #expect(throws: SnapshotError.self, "bit \(bit) of byte \(index)") {
                    try StreamSnapshot(decoding: flipped)
                }
            }
        }
        #expect(throws: SnapshotError.self) { try StreamSnapshot(decoding: bytes + [0]) }
    }

    /// What has a right checksum, but was not written so, is refused as well, and never trapped on.
    @Test func contentThatCannotBeIsRefusedOrReadAsItStands() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<2000 {
            var content = Array(try snapshot(&random).encoded().dropLast(Digest.byteCount))
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                content[Int.random(in: 14..<content.count, using: &random)] =
                    UInt8.random(in: 0...255, using: &random)
            case 1: content.removeLast(Int.random(in: 1..<content.count - 14, using: &random))
            default: content += random.bytes(Int.random(in: 1...9, using: &random))
            }
            let bytes = content + Digest(of: content).bytes
            if let read = try? StreamSnapshot(decoding: bytes) {
                #expect(read.encoded() == bytes)
            }
        }
    }

    @Test func anotherVersionIsNamed() throws {
        var random = SeededRandom(seed: 4)
        var content = Array(try snapshot(&random).encoded().dropLast(Digest.byteCount))
        content[14] = 5
        let error = #expect(throws: SnapshotError.self) {
            try StreamSnapshot(decoding: content + Digest(of: content).bytes)
        }
        #expect(error?.description == "the snapshot has version 5; expected 1 to 4")
    }

    // MARK: The format

    /// Snapshots are files of users: version 1 is written and read like this for good.
    @Test func theFormatIsAsItWas() throws {
        var state = StreamSnapshot.State()
        (state.epoch, state.tokens, state.offset, state.messages) = (1, 2, 3, 4)
        (state.incarnationTokens, state.incarnationMessages) = (5, 6)
        (state.streamEvents, state.errorEvents) = (7, 0x0102_0304_0506_0708)
        state.tokenizer = [0xAA, 0xBB]
        state.leadIn = .separator
        state.messageStart = 9
        state.lastToken = .init(id: 513, offset: 1..<3)
        state.sentiment = .init(score: -0.5, positive: 0.25)
        state.hasPrediction = true
        state.values = [1, -2]
        var snapshot = StreamSnapshot(
            stream: try StreamID("süß"), model: try #require(Fingerprint(bytes: Array(0..<32))),
            state: state)
        (snapshot.sequence, snapshot.position) = (10, 0)
        snapshot.eventsDigest = [0xCC]
        let content = """
            736c756963652073747265616d0a 0100 05000000 73c3bcc39f
            000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
            0a00000000000000 0000000000000000 00 01000000 cc
            0100000000000000 0200000000000000 0300000000000000 0400000000000000
            0500000000000000 0600000000000000 0700000000000000 0807060504030201
            02000000 aabb 01 01 0900000000000000
            01 01020000 0100000000000000 0300000000000000
            01 000000bf 0000803e 01 00 02000000 0000803f 000000c0
            """
        let written = snapshot.encoded()
        #expect(hexadecimal(written.dropLast(32)) == content.filter { !$0.isWhitespace })
        #expect(
            hexadecimal(written.suffix(32))
                == "74b5788abb8be52a4f7bfd7e6fbab298de89c8589d8f85e14e3ff06c8a0ccf48")
        #expect(hexadecimal(snapshot.stateDigest[...]) == "7acf9986d19149e076bdb89e2236501c")
        #expect(try StreamSnapshot(decoding: written) == snapshot)
        // Version 2 is what a message adds.
        snapshot.state.message = [513, 2]
        let longer = snapshot.encoded()
        #expect(
            hexadecimal(longer.dropLast(32))
                == content.filter { !$0.isWhitespace }.replacing(
                    "0a0100050000", with: "0a0200050000")
                + "020000000102000002000000")
        #expect(try StreamSnapshot(decoding: longer) == snapshot)
    }

    private func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: Whose it is

    private func taken(_ model: Model) throws -> StreamSnapshot {
        let shard = try DrivenShard(model)
        shard.accept(.text("a", "some te", more: true))
        shard.run()
        return try #require(shard.shard.snapshot(of: try StreamID("a")))
    }

    @Test func onlyItsOwnModelTakesIt() throws {
        let (one, other) = (try TestModel.make(seed: 1), try TestModel.make(seed: 2))
        let snapshot = try taken(one)
        #expect(try SnapshotValidator(model: one).admit(snapshot.encoded()) == snapshot)
        let refusal = #expect(throws: Refusal.self) {
            try SnapshotValidator(model: other).admit(snapshot.encoded())
        }
        #expect(refusal?.code == .snapshot)
        #expect(refusal?.message.contains(one.fingerprint.short) == true)
        #expect(refusal?.message.contains(other.fingerprint.short) == true)
    }

    /// With the right fingerprint and a state that no text of that model leads to.
    @Test func aStateThatCannotBeIsRefused() throws {
        let model = try TestModel.make()
        let good = try taken(model)
        let gate = SnapshotValidator(model: model)
        let changes: [(inout StreamSnapshot) -> Void] = [
            { $0.state.values.removeLast() }, { $0.state.values = [] },
            { $0.state.tokenizer = [] }, { $0.state.tokenizer[0] = 9 }, { $0.position = 1 },
            { $0.state.lastToken = .init(id: -1, offset: 0..<1) },
            { $0.state.lastToken = .init(id: 1 << 30, offset: 0..<1) },
            { $0.state.values[0] = .nan }, { $0.state.values[0] = -.infinity },
        ]
        for change in changes {
            var bad = good
            change(&bad)
            #expect(throws: Refusal.self) { try gate.admit(bad.encoded()) }
        }
    }

    /// A counter at its end would stop the daemon at the next token.
    @Test func whatCannotBeCountedOnIsRefused() throws {
        let model = try TestModel.make()
        let good = try taken(model)
        let gate = SnapshotValidator(model: model)
        let counters: [WritableKeyPath<StreamSnapshot.State, UInt64>] = [
            \.epoch, \.tokens, \.offset, \.messages, \.incarnationTokens, \.incarnationMessages,
            \.streamEvents,
            \.errorEvents,
        ]
        for counter in counters {
            var bad = good
            // At 2^62 - 1 it would come through, and what is written after the next token would not.
            for number: UInt64 in [.max, 1 << 62, 1 << 62 - 1, 1 << 61] {
                bad.state[keyPath: counter] = number
                #expect(throws: Refusal.self) { try gate.admit(bad.encoded()) }
            }
        }
        var bad = good
        bad.state.messageStart = bad.state.offset + 1
        #expect(throws: Refusal.self) { try gate.admit(bad.encoded()) }
    }

    /// JSON has no infinity and no NaN.
    @Test func anyFiniteStateIsReported() throws {
        let model = try TestModel.make()
        var snapshot = try taken(model)
        for index in snapshot.state.values.indices {
            snapshot.state.values[index] = .greatestFiniteMagnitude
        }
        snapshot.state.sentiment = .init(score: .nan, positive: .infinity)
        let report = StreamReport(snapshot, model: model)
        #expect(report.sentiment == nil)
        #expect(try #require(report.norms?.first).norm == .greatestFiniteMagnitude)
        #expect(throws: Never.self) { try report.controlJSON() }
    }

    /// What a message has added up to must be what tokens of an open one can add up to.
    @Test(arguments: ModelConfig.SentimentPooling.allCases, [0, 3])
    func sumsOfNoMessageAreRefused(_ pooling: ModelConfig.SentimentPooling, order: Int) throws {
        var config = TestModel.config()
        config.heads.sentimentPooling = pooling
        config.heads.sentimentNGrams = order
        let model = try TestModel.make(config)
        let gate = SnapshotValidator(model: model)
        var good = try taken(model)
        good.state.messageStart = 0
        good.state.tokens = 40
        good.state.offset = 40
        good.state.sentimentPool = SentimentPool()
        if pooling == .gated { good.state.sentimentPool = SentimentPool(evidence: -1, weight: 2) }
        if order > 0 {
            good.state.sentimentPool.ngrams.evidence = 3
            good.state.sentimentPool.ngrams.count = 40
            good.state.sentimentPool.ngrams.recent = NGram([7, 255])
        }
        _ = try gate.admit(good.encoded())
        let changes: [(inout SentimentPool) -> Void] = [
            { $0.evidence = .nan }, { $0.weight = .infinity }, { $0.weight = -1 },
            {
                $0.ngrams.evidence = .infinity
                $0.ngrams.count = max(1, $0.ngrams.count)
            },
            {
                $0.ngrams.count = 41
                $0.ngrams.recent = NGram([1, 2])
            },
            {
                $0.ngrams.count = .max
                $0.ngrams.recent = NGram([1, 2])
            },
            {
                $0.ngrams.count = 2
                $0.ngrams.recent = NGram([1])
            },
            {
                $0.ngrams.count = 1
                $0.ngrams.recent = NGram([1, 2])
            },
            {
                $0.ngrams.count = 5
                $0.ngrams.recent = NGram([1, 256])
            },
        ]
        for (index, change) in changes.enumerated() {
            var bad = good
            change(&bad.state.sentimentPool)
            #expect(throws: Refusal.self, "\(index)") { try gate.admit(bad.encoded()) }
        }
        guard good.state.sentimentPool != SentimentPool() else { return }
        var bad = good
        bad.state.messageStart = nil
        #expect(throws: Refusal.self) { try gate.admit(bad.encoded()) }
        if order > 0 {
            bad = good
            bad.state.sentimentPool = SentimentPool(evidence: 1, weight: 1)
            #expect(throws: Refusal.self) { try gate.admit(bad.encoded()) }
        }
        if pooling == .last {
            bad = good
            bad.state.sentimentPool.evidence = 1
            #expect(throws: Refusal.self) { try gate.admit(bad.encoded()) }
        }
    }

    @Test func equalStatesGiveEqualBytes() throws {
        let model = try TestModel.make()
        let one = try taken(model)
        var other = one
        (other.sequence, other.isEvicted, other.eventsDigest) = (77, true, [1])
        #expect(one.portable().encoded() == other.portable().encoded())
        let renamed = one.portable(as: try StreamID("b"))
        #expect(renamed.stream.text == "b" && renamed.stateDigest == one.stateDigest)
    }
}
