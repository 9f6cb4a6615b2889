import TestSupport
import Testing

@testable import Tokenizer

/// The cost of a byte does not depend on the number of similar bytes before it.
@Suite struct CostTests {
    enum Kind: String, CaseIterable {
        case oneLetter, word, spaces, marks, bytes, accents

        func text(_ count: Int) -> [UInt8] {
            var random = SeededRandom(seed: 10)
            return switch self {
            case .oneLetter: Array(repeating: 0x61, count: count)
            case .word: (0..<count).map { _ in UInt8.random(in: 0x61...0x7A, using: &random) }
            case .spaces: Array(repeating: 0x20, count: count)
            case .marks: Array(repeating: 0x21, count: count)
            case .bytes: random.bytes(count)
            case .accents: (0..<count).map { $0.isMultiple(of: 2) ? 0xC3 : 0xA9 }
            }
        }
    }

    @Test(arguments: [Fixture.shipped, .crafted], Kind.allCases)
    func twentyTimesTheTextTakesTwentyTimesTheWork(_ fixture: Fixture, _ kind: Kind) {
        let few = Self.work(fixture, kind.text(300), piece: 1)
        let many = Self.work(fixture, kind.text(6000), piece: 1)
        #expect(many.work < few.work * 22)
        #expect(many.mostHeld <= few.mostHeld + 8)
    }

    @Test(arguments: [1, 20])
    func longWordsInLargePiecesAreAsCheap(_ factor: Int) {
        let text = Kind.word.text(5000 * factor)
        let (work, mostHeld) = Self.work(.shipped, text, piece: 5000)
        #expect(work < 8 * text.count + 20_000)
        #expect(mostHeld < 64)
    }

    @Test func aStreamBetweenTextsKeepsNothing() {
        let encoder = Fixture.shipped.tokenizer.makeEncoder()
        var tokenizer = IncrementalTokenizer(encoder)
        var tokens: [Token] = []
        tokenizer.append(Array("some words and <|en".utf8), into: &tokens)
        #expect(tokenizer.heldBackByteCount == 4)
        tokenizer.finish(into: &tokens)
        #expect(tokenizer.heldBackByteCount == 0)
        #expect(tokenizer.held.bytes.capacity == 0)
        #expect(MemoryLayout<IncrementalTokenizer>.size <= 40)
    }

    private static func work(
        _ fixture: Fixture, _ text: [UInt8], piece: Int
    ) -> (work: Int, mostHeld: Int) {
        let encoder = fixture.tokenizer.makeEncoder()
        var tokenizer = IncrementalTokenizer(encoder)
        var tokens: [Token] = []
        var mostHeld = 0
        for start in stride(from: 0, to: text.count, by: piece) {
            tokens.removeAll(keepingCapacity: true)
            tokenizer.append(Array(text[start..<min(text.count, start + piece)]), into: &tokens)
            mostHeld = max(mostHeld, tokenizer.heldBackByteCount)
        }
        return (encoder.bpe?.workCount ?? 0, mostHeld)
    }
}
