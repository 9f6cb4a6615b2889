import TestSupport
import Testing
import Tokenizer

/// However a text is cut, its tokens are those of the whole.
@Suite struct CuttingTests {
    private static let longestOfEveryWay = 9
    private static let longestOfTwoCuts = 40

    @Test(arguments: Fixture.all)
    func everyWayOfCuttingShortTexts(_ fixture: Fixture) {
        let encoder = fixture.tokenizer.makeEncoder()
        for text in texts(of: fixture, 2...Self.longestOfEveryWay).prefix(40) {
            let whole = encoder.tokens(of: [text])
            for subset in 0..<(1 << (text.count - 1)) {
                let cuts = (1..<text.count).filter { subset >> ($0 - 1) & 1 == 1 }
                #expect(encoder.tokens(of: text.cut(at: cuts)) == whole, "\(text) at \(cuts)")
            }
        }
    }

    @Test(arguments: Fixture.all)
    func everyWayOfCuttingLongerTextsOnceOrTwice(_ fixture: Fixture) {
        let encoder = fixture.tokenizer.makeEncoder()
        let longer = (Self.longestOfEveryWay + 1)...Self.longestOfTwoCuts
        for text in texts(of: fixture, longer).prefix(40) {
            let whole = encoder.tokens(of: [text])
            for first in 0...text.count {
                for second in stride(from: first, through: text.count, by: first % 3 + 1) {
                    let pieces = text.cut(at: [first, second])
                    #expect(encoder.tokens(of: pieces) == whole, "\(text) at \(first), \(second)")
                }
            }
        }
    }

    @Test(arguments: Fixture.all)
    func randomWaysOfCuttingAllTexts(_ fixture: Fixture) {
        var random = SeededRandom(seed: 1)
        let encoder = fixture.tokenizer.makeEncoder()
        for example in fixture.cases {
            for most in [1, 2, 5, 40] {
                let pieces = example.bytes.randomPieces(upTo: most, using: &random)
                let ids = encoder.tokens(of: pieces).map(\.id)
                #expect(ids == example.ids, "\(pieces)")
            }
        }
    }

    @Test(arguments: Fixture.all)
    func randomTextsHaveTheTokensOfTheReference(_ fixture: Fixture) throws {
        var random = SeededRandom(seed: 2)
        let reference = try ReferenceTokenizer(fixture)
        let encoder = fixture.tokenizer.makeEncoder()
        let alphabets = ["abc ", "cdefgh", "aé€!", "' rsvel", "<e>|ab", " \n\u{A0}a1!", "the said"]
        for round in 0..<210 {
            let alphabet = Array(alphabets[round % alphabets.count].utf8)
            let text = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                alphabet.randomElement(using: &random)!
            }
            let pieces = text.randomPieces(upTo: 4, using: &random)
            #expect(encoder.tokens(of: pieces) == reference.tokens(of: text), "\(pieces)")
        }
    }

    @Test(arguments: Fixture.all)
    func randomBytesHaveTheTokensOfTheReference(_ fixture: Fixture) throws {
        var random = SeededRandom(seed: 3)
        let reference = try ReferenceTokenizer(fixture)
        let encoder = fixture.tokenizer.makeEncoder()
        for _ in 0..<40 {
            let text = random.bytes(Int.random(in: 1...60, using: &random))
            let pieces = text.randomPieces(upTo: 4, using: &random)
            #expect(encoder.tokens(of: pieces) == reference.tokens(of: text), "\(pieces)")
        }
    }

    @Test(arguments: Fixture.all)
    func textsLongerThanAWindowHaveTheTokensOfTheReference(_ fixture: Fixture) throws {
        var random = SeededRandom(seed: 4)
        let reference = try ReferenceTokenizer(fixture)
        let text = (0..<4).flatMap { _ in random.text(900) + Array(repeating: 0x20, count: 40) }
        let expected = reference.tokens(of: text)
        let encoder = fixture.tokenizer.makeEncoder()
        #expect(encoder.tokens(of: [text]) == expected)
        #expect(encoder.tokens(of: text.randomPieces(upTo: 700, using: &random)) == expected)
    }

    private func texts(of fixture: Fixture, _ length: ClosedRange<Int>) -> [[UInt8]] {
        fixture.cases.map(\.bytes).filter { length.contains($0.count) }
    }
}
