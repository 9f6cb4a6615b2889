/// Tokenises the text of one stream, in pieces of any size.
///
/// The tokens equal those of the whole text. The tokenizer stores only the bytes whose tokens
/// depend on the continuation. All streams of a thread share its `TokenEncoder`.
package struct IncrementalTokenizer {
    let encoder: TokenEncoder
    var held = HeldText()

    /// The number of bytes that proved not to be UTF-8 since `takeInvalidByteCount`.
    package internal(set) var invalidByteCount = 0

    /// The number of bytes that are read at a time. It bounds the encoder's memory.
    private static let windowByteCount = 2048

    package init(_ encoder: TokenEncoder) {
        self.encoder = encoder
    }

    /// The number of bytes of the text that no token covers yet.
    package var heldBackByteCount: Int {
        encoder.bpe == nil ? 0 : held.byteCount
    }

    /// Those bytes.
    package var heldBackBytes: [UInt8] {
        encoder.bpe == nil
            ? [] : held.bytes.dropFirst(Int(held.skippedSource)) + held.prefix.bytes
    }

    /// Reads more text and appends every token that no continuation can change.
    package mutating func append(_ bytes: Span<UInt8>, into tokens: inout [Token]) {
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Self.windowByteCount)
            read(bytes.extracting(start..<end), endsText: false, into: &tokens)
            start = end
        }
    }

    package mutating func append(_ bytes: [UInt8], into tokens: inout [Token]) {
        append(bytes.span, into: &tokens)
    }

    /// Ends the text and appends the tokens of the held-back bytes. The next append begins another
    /// text.
    package mutating func finish(into tokens: inout [Token]) {
        let nothing: [UInt8] = []
        read(nothing.span, endsText: true, into: &tokens)
    }

    /// The number of bytes that proved not to be UTF-8 since the last call.
    package mutating func takeInvalidByteCount() -> Int {
        defer { invalidByteCount = 0 }
        return invalidByteCount
    }

    private mutating func read(_ bytes: Span<UInt8>, endsText: Bool, into tokens: inout [Token]) {
        if encoder.bpe == nil {
            invalidByteCount += held.appendRaw(bytes, endsText: endsText, into: &tokens)
        } else if let count = encoder.bpe?.append(
            bytes, endsText: endsText, to: &held, into: &tokens)
        {
            invalidByteCount += count
        }
    }
}

extension HeldText {
    /// Emits each byte as a token. Keeps only an incomplete scalar, to count bytes that are not
    /// UTF-8.
    fileprivate mutating func appendRaw(
        _ bytes: Span<UInt8>, endsText: Bool, into tokens: inout [Token]
    ) -> Int {
        var invalidCount = 0
        for index in bytes.indices {
            tokens.append(Token(id: Int32(bytes[index]), byteCount: 1))
            invalidCount += prefix.read(bytes[index])
        }
        guard endsText else { return invalidCount }
        defer { prefix = UTF8Prefix() }
        return invalidCount + prefix.count
    }
}

extension UTF8Prefix {
    /// Reads one more byte. Returns the number of bytes that it shows not to be UTF-8.
    fileprivate mutating func read(_ byte: UInt8) -> Int {
        switch appending(byte) {
        case .scalar:
            self = UTF8Prefix()
            return 0
        case .prefix(let longer):
            self = longer
            return 0
        case .invalid where isEmpty:
            return 1
        case .invalid:
            let count = count
            self = UTF8Prefix()
            return count + read(byte)
        }
    }
}
