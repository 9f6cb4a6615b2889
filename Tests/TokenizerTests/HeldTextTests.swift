import TestSupport
import Testing

@testable import Tokenizer

/// A snapshot has exactly the bytes that its tokenizer would hold back; others are rejected.
@Suite struct HeldTextTests {
    @Test(arguments: Fixture.all)
    func whateverIsHeldBackIsAdmitted(_ fixture: Fixture) throws {
        let encoder = fixture.tokenizer.makeEncoder()
        var random = SeededRandom(seed: 21)
        for turn in 0..<300 {
            var tokenizer = IncrementalTokenizer(encoder)
            var tokens: [Token] = []
            let text = turn.isMultiple(of: 3) ? random.bytes(40) : random.text(40)
            var start = 0
            while start < text.count {
                let end = min(text.count, start + Int.random(in: 1...9, using: &random))
                tokenizer.append(Array(text[start..<end]), into: &tokens)
                start = end
                let restored = try IncrementalTokenizer(encoder, restoring: tokenizer.snapshot())
                #expect(restored.held == tokenizer.held)
            }
        }
    }

    /// Checking megabytes stops at the first certain token.
    @Test(arguments: [64 << 10, 16 << 20])
    func textOfWhichTokensAreCertainIsRefusedAtOnce(count: Int) throws {
        let tokenizer = Fixture.shipped.tokenizer
        for unit in ["a", "word ", " ", "!", "\u{E9}"] {
            let encoder = tokenizer.makeEncoder()
            let text = Array(String(repeating: unit, count: 64).utf8)
            let bytes = (0..<count / text.count).flatMap { _ in text }
            var snapshot = IncrementalTokenizer(encoder).snapshot()
            snapshot += bytes
            #expect(throws: TokenizerError.self) {
                _ = try IncrementalTokenizer(encoder, restoring: snapshot)
            }
            #expect((encoder.bpe?.workCount ?? 0) < 20_000)
        }
    }

    @Test func aByteTokenizerHoldsNoText() throws {
        let encoder = ByteTokenizer().makeEncoder()
        let good = IncrementalTokenizer(encoder).snapshot()
        _ = try IncrementalTokenizer(encoder, restoring: good)
        #expect(throws: TokenizerError.self) {
            _ = try IncrementalTokenizer(encoder, restoring: good + [0x61])
        }
        // A count that could overflow.
        var full = good
        for index in 8..<15 { full[index] = 0xFF }
        full[15] = 0x7F
        #expect(throws: TokenizerError.self) {
            _ = try IncrementalTokenizer(encoder, restoring: full)
        }
    }
}
