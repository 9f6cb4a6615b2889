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
// The held bytes are whole scalars, or sequences that are not UTF-8, and no more of the first one
// is skipped than it has.

extension IncrementalTokenizer {
    private static let version: UInt8 = 1
    private static let headerCount = 16

    /// What it takes to go on with this text elsewhere.
    package func snapshot() -> [UInt8] {
        [Self.version, kind, held.state.rawValue, held.skippedText]
            + (0..<4).map { UInt8(truncatingIfNeeded: held.prefix.packed >> ($0 * 8)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: invalidByteCount >> ($0 * 8)) }
            + held.bytes
    }

    /// Goes on where `snapshot` was taken, with a tokenizer equal to the one it was taken of.
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
            let count = Int(exactly: Self.number(snapshot[8..<16])), count < 1 << 62,
            let held = HeldText(
                checking: Array(snapshot[Self.headerCount...]), prefix: prefix, state: state,
                skippedText: snapshot[3])
        else { throw .badSnapshot(reason: "values that no text leads to") }
        guard encoder.holdsBack(held) else {
            throw .badSnapshot(
                reason: "\(held.byteCount) bytes held back of which tokens are certain")
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
    /// Whether a text can have been held back so: no token of it is certain, in whatever pieces it
    /// came. Text of which tokens are certain is looked at no further, however long it is.
    fileprivate func holdsBack(_ text: HeldText) -> Bool {
        guard bpe != nil else {
            return text.bytes.isEmpty && text.state == .start && text.skippedText == 0
        }
        let source = text.bytes + text.prefix.bytes
        var held = HeldText(state: text.state, skippedText: text.skippedText)
        var window = TextWindow()
        for byte in text.bytes where window.units.isEmpty { window.append(byte) }
        held.bytes = Array(window.source(from: 0))
        held.skippedSource = text.skippedSource
        var tokens: [Token] = []
        var start = held.bytes.count
        while start < source.count, tokens.isEmpty {
            let end = min(source.count, start + Self.piece)
            _ = bpe?.append(
                source.span.extracting(start..<end), endsText: false, to: &held, into: &tokens)
            start = end
        }
        return tokens.isEmpty && held == text
    }

    private static var piece: Int { 16 }
}

extension HeldText {
    /// Nil when the bytes end within a scalar, or are fewer than what is skipped of them.
    fileprivate init?(
        checking bytes: [UInt8], prefix: UTF8Prefix, state: PreTokenizerState, skippedText: UInt8
    ) {
        var window = TextWindow()
        for byte in bytes { window.append(byte) }
        guard window.tail.isEmpty else { return nil }
        self.init(bytes: bytes, prefix: prefix, state: state, skippedText: skippedText)
        guard skippedText > 0 else { return }
        guard let first = window.units.first, skippedText < first.textEnd else { return nil }
        skippedSource = first.isReplacement ? 0 : skippedText
    }
}
