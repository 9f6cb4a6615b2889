@testable import Tokenizer

/// A stream that has read a part of a text.
struct Reading: Equatable {
    private(set) var tokenizer: IncrementalTokenizer
    private(set) var tokens: [Token] = []

    init(_ encoder: TokenEncoder) { tokenizer = IncrementalTokenizer(encoder) }

    func reading(_ piece: [UInt8]) -> Reading {
        var next = self
        next.tokenizer.append(piece, into: &next.tokens)
        return next
    }

    func restored(_ encoder: TokenEncoder) throws -> Reading {
        var next = self
        next.tokenizer = try IncrementalTokenizer(encoder, restoring: tokenizer.snapshot())
        return next
    }

    /// All tokens, if the text ended here.
    var finished: [Token] {
        var next = self
        next.tokenizer.finish(into: &next.tokens)
        return next.tokens
    }

    static func == (left: Reading, right: Reading) -> Bool {
        left.tokens == right.tokens && left.tokenizer.held == right.tokenizer.held
            && left.tokenizer.invalidByteCount == right.tokenizer.invalidByteCount
    }
}
