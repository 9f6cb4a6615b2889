import TestSupport
import Testing
import Tokenizer

/// For every division of a text, its tokens are those of the whole.
@Suite struct CuttingTests {
    /// Each piece after each prefix gives the same tokens and the same held text as reading byte by
    /// byte. By induction over the pieces, so does every division.
    @Test(arguments: Fixture.all)
    func everyWayOfCuttingLeadsToTheSameState(_ fixture: Fixture) {
        let encoder = fixture.tokenizer.makeEncoder()
        for text in Set(fixture.cases.map { $0.bytes.prefix(11) }).map(Array.init) {
            var states = [Reading(encoder)]
            for (index, byte) in text.enumerated() {
                states.append(states[index].reading([byte]))
            }
            for start in 0..<text.count {
                for end in start + 1...text.count {
                    let state = states[start].reading(Array(text[start..<end]))
                    #expect(state == states[end], "\(text), \(start)..<\(end)")
                }
            }
        }
    }

    @Test(arguments: Fixture.all)
    func everyWayOfCuttingShortTexts(_ fixture: Fixture) {
        let encoder = fixture.tokenizer.makeEncoder()
        for example in fixture.cases.lazy.filter({ 5...7 ~= $0.bytes.count }).prefix(12) {
            for subset in 0..<(1 << (example.bytes.count - 1)) {
                let cuts = (1..<example.bytes.count).filter { subset >> ($0 - 1) & 1 == 1 }
                let ids = encoder.tokens(of: example.bytes.cut(at: cuts)).map(\.id)
                #expect(ids == example.ids, "\(example.bytes) at \(cuts)")
            }
        }
    }

    @Test(arguments: Fixture.all)
    func randomWaysOfCuttingAllTexts(_ fixture: Fixture) {
        var random = SeededRandom(seed: 1)
        let encoder = fixture.tokenizer.makeEncoder()
        for example in fixture.cases {
            for most in [1, 5] {
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

    /// Texts that differ mainly in the number of repetitions of a byte, with one encoder: cached
    /// results of one must not be used for another.
    @Test(arguments: Fixture.all)
    func runsOfOneByteHaveTheTokensOfTheReference(_ fixture: Fixture) throws {
        var random = SeededRandom(seed: 8)
        let reference = try ReferenceTokenizer(fixture)
        let encoder = fixture.tokenizer.makeEncoder()
        let frames: [(before: String, after: String)] = [
            ("", ""), ("a\n", "\nb"), ("!", "!"), ("", "!!!!!!!!"), ("\u{1}", "é"),
        ]
        for byte: UInt8 in [0x00, 0x01, 0x21, 0xFF] {
            for (before, after) in frames {
                for count in (0...40).shuffled(using: &random) {
                    let run = [UInt8](repeating: byte, count: count)
                    let text = Array(before.utf8) + run + Array(after.utf8)
                    let pieces = text.randomPieces(upTo: 9, using: &random)
                    let expected = reference.tokens(of: text)
                    #expect(encoder.tokens(of: [text]) == expected, "\(text)")
                    #expect(encoder.tokens(of: pieces) == expected, "\(pieces)")
                }
            }
        }
    }

    @Test(arguments: Fixture.all)
    func textsOfFewBytesHaveTheTokensOfTheReference(_ fixture: Fixture) throws {
        var random = SeededRandom(seed: 9)
        let reference = try ReferenceTokenizer(fixture)
        let encoder = fixture.tokenizer.makeEncoder()
        let alphabets: [[UInt8]] = [
            [0x00], [0x00, 0x01], [0x00, 0x00, 0x00, 0x21], [0x00, 0x61], [0x00, 0x80],
            [0x00, 0x20, 0x0A], [0x00, 0xE2, 0x82, 0xAC], [0x00, 0x3C, 0x65, 0x3E],
        ]
        for round in 0..<400 {
            let alphabet = alphabets[round % alphabets.count]
            let text = (0..<Int.random(in: 1...24, using: &random)).map { _ in
                alphabet.randomElement(using: &random)!
            }
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
}
