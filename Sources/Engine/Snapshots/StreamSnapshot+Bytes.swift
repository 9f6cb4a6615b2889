import Digests
import Model
import Wire

// The bytes of a snapshot. Numbers are little-endian; `bytes` and `text` have their length before
// them (u32); an optional value has a byte before it, 0 or 1.
//
//     "sluice stream\n"       14 bytes
//     version                 u16: 1, or that of the last field that the state has
//     stream                  text
//     model                   32 bytes: fingerprint
//     sequence, position      u64: the request to continue with, and how many bytes of it are read
//     isEvicted               u8
//     eventsDigest            bytes: of the events so far of the request being read
//   state:
//     epoch, tokens, offset, messages, incarnationTokens, incarnationMessages, streamEvents, errorEvents  u64
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
// never overflows.
//
// All that follows from the model and the stream's own requests is in `state`, and nothing else is:
// `stateDigest` is computed from the model and those bytes.

extension StreamSnapshot {
    /// Bytes of the digests that the journal keeps.
    package static let digestByteCount = 16

    private static let magic = Array("sluice stream\n".utf8)
    private static let versions: ClosedRange<UInt16> = 1...4

    package func encoded() -> [UInt8] {
        var writer = makeWriter()
        writer.bytes += Self.magic
        writer.write(state.version)
        writer.write(stream.utf8)
        writer.bytes += model.bytes
        var snapshot = self
        snapshot.codePosition(&writer)
        snapshot.state.code(&writer, version: state.version)
        writer.bytes += Digest(of: writer.bytes).bytes
        return writer.bytes
    }

    /// Of the model and the state: equal for equal histories, whatever else is different.
    package var stateDigest: [UInt8] {
        var writer = makeWriter()
        writer.bytes += model.bytes
        var state = state
        state.code(&writer, version: state.version)
        return Array(Digest(of: writer.bytes).bytes.prefix(Self.digestByteCount))
    }

    private func makeWriter() -> ByteWriter {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(512 + state.values.count * 4)
        return writer
    }

    /// - Throws: `SnapshotError` for whatever `encoded` did not write.
    package init(decoding bytes: [UInt8]) throws(SnapshotError) {
        var reader = try Self.checkedContent(of: bytes)
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
        self.init(stream: stream, model: model, state: State())
        try codePosition(&reader)
        try state.code(&reader, version: version)
        guard reader.isAtEnd else { throw SnapshotError("has bytes after its end") }
    }

    private static func checkedContent(of bytes: [UInt8]) throws(SnapshotError) -> ByteReader {
        guard bytes.starts(with: magic) else {
            throw SnapshotError("begins otherwise; expected one that Sluice has written")
        }
        guard bytes.count > magic.count + Digest.byteCount,
            Digest(of: Array(bytes.dropLast(Digest.byteCount))).bytes
                == bytes.suffix(Digest.byteCount)
        else { throw SnapshotError("is damaged: its checksum is not that of its content") }
        return ByteReader(bytes.dropLast(Digest.byteCount).dropFirst(magic.count))
    }

    /// The position of the stream in a journal.
    private mutating func codePosition<Coder: FieldCoder>(
        _ coder: inout Coder
    ) throws(Coder.Failure) {
        try coder.code(count: &sequence)
        try coder.code(count: &position)
        try coder.code(&isEvicted)
        try coder.code(&eventsDigest)
    }
}

extension StreamSnapshot.State {
    /// What came later is written only where there is any: the bytes of other states stay. No model
    /// both gathers messages and pools what their tokens say.
    fileprivate var version: UInt16 {
        if !self.message.isEmpty { return 2 }
        if self.sentimentPool.ngrams.count > 0 { return 4 }
        return self.sentimentPool == SentimentPool() ? 1 : 3
    }

    fileprivate mutating func code<Coder: FieldCoder>(
        _ coder: inout Coder, version: UInt16
    ) throws(Coder.Failure) {
        for counter in PersistedState.counters {
            try coder.code(count: &persisted[keyPath: counter])
        }
        try coder.code(&tokenizer)
        try persisted.leadIn.code(&coder)
        try coder.codePresence(of: &persisted.messageStart, empty: 0)
        try persisted.messageStart?.code(&coder)
        try coder.codePresence(of: &persisted.lastToken, empty: .init(id: 0, offset: 0..<0))
        try persisted.lastToken?.code(&coder)
        try coder.codePresence(of: &persisted.sentiment, empty: .init(score: 0, positive: 0))
        try persisted.sentiment?.code(&coder)
        try coder.code(&persisted.hasPrediction)
        try coder.code(&persisted.isQuarantined)
        try coder.code(&values)
        if version == 2 { try codeMessage(&coder) }
        if version >= 3 { try persisted.sentimentPool.code(&coder, hasNGrams: version == 4) }
    }

    private mutating func codeMessage<Coder: FieldCoder>(
        _ coder: inout Coder
    ) throws(Coder.Failure) {
        try coder.code(&persisted.message)
        try coder.check(!persisted.message.isEmpty, "has a message without tokens")
    }
}

extension StreamSnapshot.LeadIn {
    fileprivate mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
        var number = rawValue
        try coder.code(&number)
        let value = Self(rawValue: number)
        try coder.check(value != nil, "has an unknown lead-in")
        self = value ?? self
    }
}

extension UInt64 {
    fileprivate mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
        try coder.code(count: &self)
    }
}

extension StreamSnapshot.Score {
    fileprivate mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
        try coder.code(&score)
        try coder.code(&positive)
    }
}

extension StreamSnapshot.ReadToken {
    fileprivate mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
        try coder.code(&id)
        var (start, end) = (offset.lowerBound, offset.upperBound)
        try coder.code(count: &start)
        try coder.code(count: &end)
        try coder.check(start <= end, "has a token that ends before it begins")
        offset = start..<end
    }
}

extension SentimentPool {
    fileprivate mutating func code<Coder: FieldCoder>(
        _ coder: inout Coder, hasNGrams: Bool
    ) throws(Coder.Failure) {
        try coder.code(&evidence)
        try coder.code(&weight)
        if hasNGrams { try ngrams.code(&coder) }
        try coder.check(self != SentimentPool(), "has sums of sentiment without a token")
    }
}

extension NGramSum {
    fileprivate mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
        try coder.code(&evidence)
        try coder.code(count: &count)
        var packed = recent.packed
        try coder.code(&packed)
        let tokens = NGram(packed: packed, count: NGram.longest - 1)
        try coder.check(
            count > 0 && tokens?.tokens.isEmpty == false, "has n-grams that no tokens make")
        recent = tokens ?? recent
    }
}
