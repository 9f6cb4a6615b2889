// The bytes of a snapshot, numbers little-endian:
//
//     0       version: 1
//     1       kind of tokenizer: 0 bytes, 1 byte-level BPE
//     2       PreTokenizerState
//     3       HeldText.skippedText
//     4..<8   HeldText.prefix, packed
//     8..<16  invalidByteCount
//     16...   HeldText.bytes
//
// The held bytes are whole scalars or sequences that are not UTF-8. The skipped bytes are within
// the first one.

extension IncrementalTokenizer {
    private static let version: UInt8 = 1
    private static let headerCount = 16

    /// The state of the tokenizer, to continue the text elsewhere.
    package func snapshot() -> [UInt8] {
        [Self.version, kind, held.state.rawValue, held.skippedText]
            + (0..<4).map { UInt8(truncatingIfNeeded: held.prefix.packed >> ($0 * 8)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: invalidByteCount >> ($0 * 8)) }
            + held.bytes
    }

    /// Restores a snapshot. The tokenizer must be equal to that of the snapshot.
    ///
    /// - Throws: `TokenizerError.badSnapshot` for bytes that no text leads to.
    package init(_ encoder: TokenEncoder, restoring snapshot: [UInt8]) throws(TokenizerError) {
        self.init(encoder)
        guard snapshot.count >= Self.headerCount else {
            throw .badSnapshot(reason: "\(snapshot.count) bytes, expected 16 or more")
        }
        guard snapshot[0] == Self.version else {
            throw .badSnapshot(reason: "version \(snapshot[0]), expected \(Self.version)")
        }
        guard snapshot[1] == kind else {
            throw .badSnapshot(reason: "kind \(snapshot[1]), expected \(kind)")
        }
        guard let state = PreTokenizerState(rawValue: snapshot[2]),
            let prefix = UTF8Prefix(packed: UInt32(Self.number(snapshot[4..<8]))),
            let count = Int(exactly: Self.number(snapshot[8..<16])), count < 1 << 62
        else { throw .badSnapshot(reason: "values that no text leads to") }
        let bytes = snapshot[Self.headerCount...]
        guard
            let held = encoder.heldBack(
                bytes, prefix: prefix, state: state, skippedText: snapshot[3])
        else {
            throw .badSnapshot(
                reason: "\(bytes.count) bytes held back that no text leads to; expected bytes of "
                    + "which no token is certain")
        }
        self.held = held
        invalidByteCount = count
    }

    private var kind: UInt8 { encoder.bpe == nil ? 0 : 1 }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension TokenEncoder {
    /// The number of bytes of a held text that are read at a time.
    private static let piece = 16

    /// The held text, if it is possible: no token of it may be certain, in whatever pieces it
    /// arrived. Checking stops at the first certain token, so invalid long texts are cheap.
    fileprivate func heldBack(
        _ bytes: ArraySlice<UInt8>, prefix: UTF8Prefix, state: PreTokenizerState, skippedText: UInt8
    ) -> HeldText? {
        guard bpe != nil else {
            return bytes.isEmpty && state == .start && skippedText == 0
                ? HeldText(prefix: prefix) : nil
        }
        guard
            var held = Self.beginning(of: bytes, prefix, state: state, skippedText: skippedText)
        else { return nil }
        let (skippedSource, first) = (held.skippedSource, held.bytes.count)
        var tokens: [Token] = []
        let rest = bytes.dropFirst(first) + prefix.bytes
        var start = rest.startIndex
        while start < rest.endIndex, tokens.isEmpty {
            let end = min(rest.endIndex, start + Self.piece)
            _ = bpe?.append(
                Array(rest[start..<end]).span, endsText: false, to: &held, into: &tokens)
            start = end
        }
        guard tokens.isEmpty, held.bytes.elementsEqual(bytes), held.prefix == prefix,
            held.state == state, held.skippedText == skippedText,
            held.skippedSource == skippedSource
        else { return nil }
        return held
    }

    /// The held text up to the end of its first scalar, of which tokens may cover a part.
    private static func beginning(
        of bytes: ArraySlice<UInt8>, _ prefix: UTF8Prefix, state: PreTokenizerState,
        skippedText: UInt8
    ) -> HeldText? {
        var held = HeldText(state: state, skippedText: skippedText)
        var window = TextWindow()
        // The next byte shows where a sequence that is not UTF-8 ends.
        for byte in bytes.prefix(4) + prefix.bytes where window.units.isEmpty {
            window.append(byte)
        }
        guard let first = window.units.first else {
            return bytes.isEmpty && skippedText == 0 ? held : nil
        }
        guard skippedText < first.textEnd else { return nil }
        held.skippedSource = first.isReplacement ? 0 : skippedText
        held.bytes = Array(bytes.prefix(Int(first.sourceEnd)))
        return held.bytes.count == Int(first.sourceEnd) ? held : nil
    }
}
