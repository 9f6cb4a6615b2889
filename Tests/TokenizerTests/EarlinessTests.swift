import TestSupport
import Testing

@testable import Tokenizer

/// A token is emitted as soon as no continuation can change it: for all held-back text, some
/// continuation changes the first token.
@Suite struct EarlinessTests {
    @Test(arguments: Fixture.all)
    func someContinuationChangesTheFirstTokenHeldBack(_ fixture: Fixture) throws {
        var random = SeededRandom(seed: 5)
        var search = try ContinuationSearch(fixture)
        let encoder = fixture.tokenizer.makeEncoder()
        for text in texts(using: &random) {
            var state = Reading(encoder)
            for (index, byte) in text.enumerated() {
                state = state.reading([byte])
                guard state.tokenizer.heldBackByteCount > 0 else { continue }
                let read = Array(text[...index])
                let canChange = search.canChangeToken(state.tokens.count, of: read)
                #expect(canChange, "\(read) gave \(state.tokens)")
            }
        }
    }

    @Test(arguments: Fixture.all)
    func tokensGivenOutAreThoseOfEveryContinuation(_ fixture: Fixture) throws {
        var random = SeededRandom(seed: 6)
        let reference = try ReferenceTokenizer(fixture)
        let encoder = fixture.tokenizer.makeEncoder()
        for text in texts(using: &random) {
            let state = Reading(encoder).reading(text)
            for _ in 0..<8 {
                let more = random.bytes(2) + [0x27, 0x72, 0x65].shuffled(using: &random)
                #expect(reference.tokens(of: text + more).starts(with: state.tokens))
            }
        }
    }

    @Test func withoutMergesEveryByteIsATokenAtOnce() {
        let state = Reading(Fixture.bare.tokenizer.makeEncoder()).reading(
            Array("it's  \u{A0}é ".utf8))
        #expect(state.tokens.count == 11)
        #expect(state.tokenizer.heldBackByteCount == 0)
    }

    @Test func aWordWaitsForItsEnd() {
        let state = Reading(Fixture.shipped.tokenizer.makeEncoder()).reading(Array("The wond".utf8))
        #expect(state.tokens.reduce(0) { $0 + $1.byteCount } == 3)
        let next = state.reading([0x2E])
        #expect(next.tokens.reduce(0) { $0 + $1.byteCount } >= 8)
    }

    private func texts(using random: inout SeededRandom) -> [[UInt8]] {
        let fixed = [
            "it're 'll 'rex", "a  b \n c", "!'s <|end|>x<|en", "the<e", "é€🙂", "aabca", "cdefgh",
            "he sai", "<|a|><|b|", " 12", "\u{A0} x", "  é  🙂", "!🙂!🙂",
        ].map { Array($0.utf8) }
        let invalid: [[UInt8]] = [
            [0x21, 0xEF, 0xBF], [0x20, 0x20, 0xE2, 0x80], [0x61, 0xC3, 0x61], [0x27, 0xC3],
            [0x3C, 0xE2, 0x82, 0x3C], [0x21, 0xE2, 0x82, 0xAC, 0xE2], [0x61, 0x61, 0xF0, 0x9F],
        ]
        let alphabets = ["abc ", "ab! '", "a\u{A0} 1", "é€!"].map { Array($0.utf8) }
        return fixed + invalid
            + alphabets.flatMap { alphabet in
                (0..<4).map { _ in (0..<7).map { _ in alphabet.randomElement(using: &random)! } }
            }
    }
}

/// Searches for continuations that change tokens.
private struct ContinuationSearch {
    private let reference: ReferenceTokenizer
    private let continuations: [[UInt8]]

    /// Continuations that succeeded before and are likely to succeed again.
    private var recent: [[UInt8]] = []

    init(_ fixture: Fixture) throws {
        reference = try ReferenceTokenizer(fixture)
        let vocabulary = fixture.tokenizer.vocabulary
        let ends = (0..<Int32(vocabulary.count)).flatMap { id in
            let bytes = vocabulary.bytes(of: id)
            return bytes.indices.dropFirst().map { Array(bytes[$0...]) }
        }
        let words = ["a", "b", " a", "  ", "!", "1", "s", "e", "\u{A0}", "é", "€", "!!!", "aaaa"]
        let endsOfScalars: [[UInt8]] = [
            [0x80, 0x83], [0x82, 0xAC], [0x99, 0x82], [0x9F, 0x99, 0x82], [0xBF, 0xBE],
        ]
        continuations =
            words.map { Array($0.utf8) } + endsOfScalars + (UInt8.min...UInt8.max).map { [$0] }
            + ends
    }

    mutating func canChangeToken(_ index: Int, of text: [UInt8]) -> Bool {
        let first = reference.tokens(of: text).dropFirst(index).first
        for more in recent + continuations {
            if reference.tokens(of: text + more).dropFirst(index).first != first {
                if !recent.contains(more) { recent.insert(more, at: 0) }
                return true
            }
        }
        return false
    }
}
