import Digests
package import Model
package import Wire

// The bytes of a snapshot. Numbers are little-endian; `bytes` and `text` have their length before
// them (u32); an optional value has a byte before it, 0 or 1.
//
//     "sluice stream\n"       14 bytes
//     version                 u16: 1, or that of the last field that the state has
//     stream                  text
//     model                   32 bytes: fingerprint
//     sequence, position      u64: the request to go on with, and how many bytes of it are read
//     isEvicted               u8
//     eventsDigest            bytes: of the events so far of the request being read
//   state:
//     epoch, tokens, offset, messages, lifeTokens, lifeMessages, streamEvents, errorEvents  u64
//     tokenizer               bytes: IncrementalTokenizer.snapshot
//     leadIn                  u8: 0 start, 1 separator, 2 none
//     messageStart            optional u64
//     lastToken               optional: id i32, offset start and end u64
//     sentiment               optional: score and positive f32
//     hasPrediction, isQuarantined   u8
//     values                  u32 count, f32 each: h0, c0, h1, c1, …
//     message                 version 2: u32 count, i32 each; never empty
//     sentimentPool           version 3: evidence and weight f32; without ngrams never both 0
//     ngrams                  version 4: evidence f32, count u64, recent u64; count never 0
//   checksum                  32 bytes: BLAKE2b-256 of all before it
//
// Counters and offsets, which are all u64 but `recent`, are below 2^62, so that counting on from them
// never comes to an end.
//
// All that follows from the model and the stream's own requests is in `state`, and nothing else is:
// `stateDigest` is taken over the model and those bytes.

/// One stream's whole state between two tokens, as it is stored and moved between daemons.
package struct StreamSnapshot: Equatable, Sendable {
    package var stream: StreamID
    package var model: Fingerprint
    /// The request to go on with, and how many bytes of its text are in the state.
    package var sequence: UInt64 = 0
    package var position: UInt64 = 0
    /// The stream was told to be evicted and not yet to be resumed.
    package var isEvicted = false
    /// Of the events published so far about the request at `sequence`.
    package var eventsDigest: [UInt8] = []
    package var state: State

    /// What the model and the stream's own requests determine.
    package struct State: Equatable, Sendable {
        package var epoch: UInt64 = 0
        package var tokens: UInt64 = 0
        package var offset: UInt64 = 0
        package var messages: UInt64 = 0
        package var lifeTokens: UInt64 = 0
        package var lifeMessages: UInt64 = 0
        package var streamEvents: UInt64 = 0
        package var errorEvents: UInt64 = 0
        package var tokenizer: [UInt8] = []
        package var leadIn = LeadIn.start
        package var messageStart: UInt64?
        package var lastToken: ReadToken?
        package var sentiment: Score?
        package var hasPrediction = false
        package var isQuarantined = false
        /// h0, c0, h1, c1, …: `StateLayout.valueCount` floats.
        package var values: [Float] = []
        /// Of a model that reads whole messages, the tokens so far of the message that is open.
        package var message: [Int32] = []
        /// Of a model that pools sentiment, what the open message's tokens so far add up to.
        package var sentimentPool = SentimentPool()

        package init() {}

        /// All that go up as text is read, and the places in the text.
        var counters: [UInt64] {
            [
                epoch, tokens, offset, messages, lifeTokens, lifeMessages, streamEvents,
                errorEvents, messageStart ?? 0, lastToken?.offset.upperBound ?? 0,
                sentimentPool.ngrams.count,
            ]
        }
    }

    package init(stream: StreamID, model: Fingerprint, state: State) {
        self.stream = stream
        self.model = model
        self.state = state
    }

    /// What the model reads before the next message's first token.
    package enum LeadIn: UInt8, Sendable { case start, separator, none }

    package struct Score: Equatable, Sendable {
        /// In [-1, 1].
        package let score: Float
        /// Probability of positive.
        package let positive: Float

        package init(score: Float, positive: Float) {
            self.score = score
            self.positive = positive
        }
    }

    package struct ReadToken: Equatable, Sendable {
        package let id: Int32
        /// Bytes of the epoch's text.
        package let offset: Range<UInt64>

        package init(id: Int32, offset: Range<UInt64>) {
            self.id = id
            self.offset = offset
        }
    }

    /// Bytes of the digests that the journal keeps.
    package static let digestByteCount = 16
}

/// A snapshot that cannot be used: what was found, and what was expected.
package struct SnapshotError: Error, Equatable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = "the snapshot " + description }
}

// MARK: Writing

extension StreamSnapshot {
    static let magic = Array("sluice stream\n".utf8)
    /// What came later is written only where there is any: the bytes of other states stay.
    private static let versions: ClosedRange<UInt16> = 1...4

    /// No model both gathers messages and pools what their tokens say.
    private var version: UInt16 {
        if !state.message.isEmpty { return 2 }
        if state.sentimentPool.ngrams.count > 0 { return 4 }
        return state.sentimentPool == SentimentPool() ? 1 : 3
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(512 + state.values.count * 4)
        writer.bytes += Self.magic
        writer.write(version)
        writer.write(stream.utf8)
        writer.bytes += model.bytes
        writer.write(sequence)
        writer.write(position)
        writer.write(isEvicted)
        writer.write(eventsDigest)
        state.write(to: &writer)
        writer.bytes += Digest(of: writer.bytes).bytes
        return writer.bytes
    }

    /// Of the model and the state: equal for equal histories, whatever else is different.
    package var stateDigest: [UInt8] {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(512 + state.values.count * 4)
        writer.bytes += model.bytes
        state.write(to: &writer)
        return Array(Digest(of: writer.bytes).bytes.prefix(Self.digestByteCount))
    }
}

extension StreamSnapshot.State {
    fileprivate func write(to writer: inout ByteWriter) {
        for count in [
            epoch, tokens, offset, messages, lifeTokens, lifeMessages, streamEvents, errorEvents,
        ] { writer.write(count) }
        writer.write(tokenizer)
        writer.write(leadIn.rawValue)
        writer.write(optional: messageStart) { $0.write($1) }
        writer.write(optional: lastToken) { writer, token in
            writer.write(UInt32(bitPattern: token.id))
            writer.write(token.offset.lowerBound)
            writer.write(token.offset.upperBound)
        }
        writer.write(optional: sentiment) { writer, sentiment in
            writer.write(sentiment.score.bitPattern)
            writer.write(sentiment.positive.bitPattern)
        }
        writer.write(hasPrediction)
        writer.write(isQuarantined)
        writer.write(values)
        if !message.isEmpty {
            writer.write(UInt32(message.count))
            for token in message { writer.write(token) }
        } else if sentimentPool != SentimentPool() {
            writer.write(sentimentPool.evidence.bitPattern)
            writer.write(sentimentPool.weight.bitPattern)
            guard sentimentPool.ngrams.count > 0 else { return }
            writer.write(sentimentPool.ngrams.evidence.bitPattern)
            writer.write(sentimentPool.ngrams.count)
            writer.write(sentimentPool.ngrams.recent.packed)
        }
    }
}

// MARK: Reading

extension StreamSnapshot {
    /// - Throws: `SnapshotError` for whatever `encoded` did not write.
    package init(decoding bytes: [UInt8]) throws(SnapshotError) {
        guard bytes.starts(with: Self.magic) else {
            throw SnapshotError("begins otherwise; expected one that Sluice has written")
        }
        guard bytes.count > Self.magic.count + Digest.byteCount,
            Digest(of: Array(bytes.dropLast(Digest.byteCount))).bytes
                == bytes.suffix(Digest.byteCount)
        else { throw SnapshotError("is damaged: its checksum is not that of its content") }
        var reader = ByteReader(
            bytes.dropLast(Digest.byteCount).dropFirst(Self.magic.count))
        let version: UInt16 = try reader.readNumber()
        guard Self.versions.contains(version) else {
            throw SnapshotError("has version \(version); expected 1 to 4")
        }
        let name = try reader.readBytes()
        guard let stream = try? StreamID(utf8: name) else {
            throw SnapshotError("names a stream that cannot be")
        }
        guard let model = Fingerprint(bytes: try reader.take(Fingerprint.byteCount)) else {
            throw SnapshotError("names no model")
        }
        self.stream = stream
        self.model = model
        sequence = try reader.readCount()
        position = try reader.readCount()
        isEvicted = try reader.readFlag()
        eventsDigest = try reader.readBytes()
        state = try State(from: &reader)
        if version == 2 { state.message = try State.readMessage(from: &reader) }
        if version >= 3 {
            state.sentimentPool = try State.readPool(from: &reader, hasNGrams: version == 4)
        }
        guard reader.isAtEnd else { throw SnapshotError("goes on after its end") }
    }
}

extension StreamSnapshot.State {
    fileprivate init(from reader: inout ByteReader) throws(SnapshotError) {
        epoch = try reader.readCount()
        tokens = try reader.readCount()
        offset = try reader.readCount()
        messages = try reader.readCount()
        lifeTokens = try reader.readCount()
        lifeMessages = try reader.readCount()
        streamEvents = try reader.readCount()
        errorEvents = try reader.readCount()
        tokenizer = try reader.readBytes()
        guard let leadIn = StreamSnapshot.LeadIn(rawValue: try reader.readNumber()) else {
            throw SnapshotError("has an unknown lead-in")
        }
        self.leadIn = leadIn
        if try reader.readFlag() { messageStart = try reader.readCount() }
        if try reader.readFlag() { lastToken = try Self.readToken(from: &reader) }
        if try reader.readFlag() {
            sentiment = .init(score: try reader.readFloat(), positive: try reader.readFloat())
        }
        hasPrediction = try reader.readFlag()
        isQuarantined = try reader.readFlag()
        values = try reader.readFloats()
    }

    fileprivate static func readMessage(
        from reader: inout ByteReader
    ) throws(SnapshotError) -> [Int32] {
        let count: UInt32 = try reader.readNumber()
        guard count > 0 else { throw SnapshotError("has a message without tokens") }
        var tokens: [Int32] = []
        for _ in 0..<count { tokens.append(Int32(bitPattern: try reader.readNumber())) }
        return tokens
    }

    fileprivate static func readPool(
        from reader: inout ByteReader, hasNGrams: Bool
    ) throws(SnapshotError) -> SentimentPool {
        var pool = SentimentPool(
            evidence: try reader.readFloat(), weight: try reader.readFloat())
        if hasNGrams { pool.ngrams = try readNGrams(from: &reader) }
        guard pool != SentimentPool() else {
            throw SnapshotError("has sums of sentiment without a token")
        }
        return pool
    }

    private static func readNGrams(
        from reader: inout ByteReader
    ) throws(SnapshotError) -> NGramSum {
        var sum = NGramSum()
        sum.evidence = try reader.readFloat()
        sum.count = try reader.readCount()
        let recent = NGram(packed: try reader.readNumber(), count: NGram.longest - 1)
        guard sum.count > 0, let recent, !recent.tokens.isEmpty else {
            throw SnapshotError("has n-grams that no tokens make")
        }
        sum.recent = recent
        return sum
    }

    private static func readToken(
        from reader: inout ByteReader
    ) throws(SnapshotError) -> StreamSnapshot.ReadToken {
        let id = Int32(bitPattern: try reader.readNumber())
        let (start, end): (UInt64, UInt64) = (try reader.readCount(), try reader.readCount())
        guard start <= end else { throw SnapshotError("has a token that ends before it begins") }
        return .init(id: id, offset: start..<end)
    }
}
