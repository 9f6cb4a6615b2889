import TestSupport
import Testing

@testable import Tokenizer

@Suite struct ByteTokenizerTests {
    private let encoder = ByteTokenizer().makeEncoder()

    @Test func tokensAreTheBytesThemselvesAtOnce() {
        var random = SeededRandom(seed: 8)
        let text = random.bytes(500)
        var tokenizer = IncrementalTokenizer(encoder)
        var tokens: [Token] = []
        for piece in text.randomPieces(upTo: 7, using: &random) {
            let before = tokens.count
            tokenizer.append(piece, into: &tokens)
            #expect(tokens.count == before + piece.count)
            #expect(tokenizer.heldBackByteCount == 0)
        }
        tokenizer.finish(into: &tokens)
        #expect(tokens == text.map { Token(id: Int32($0), byteCount: 1) })
    }

    @Test func theVocabularyIsTheBytes() {
        let vocabulary = ByteTokenizer().vocabulary
        #expect(vocabulary.count == 256)
        for byte in UInt8.min...UInt8.max {
            #expect(Array(vocabulary.bytes(of: Int32(byte))) == [byte])
        }
        #expect(vocabulary.text(of: 0x41) == "A")
        #expect(vocabulary.text(of: 0xC3) == "\u{FFFD}")
    }

    /// Both kinds of tokenizer count bytes that are not UTF-8 equally, for every division of the
    /// text.
    @Test func bytesThatAreNotUTF8AreCounted() throws {
        var random = SeededRandom(seed: 9)
        let others = Fixture.bare.tokenizer.makeEncoder()
        for example in Fixture.bare.cases {
            let expected = Self.invalidByteCount(example.bytes)
            for encoder in [encoder, others] {
                var tokenizer = IncrementalTokenizer(encoder)
                var tokens: [Token] = []
                for piece in example.bytes.randomPieces(upTo: 3, using: &random) {
                    tokenizer.append(piece, into: &tokens)
                }
                tokenizer.finish(into: &tokens)
                let count = tokenizer.takeInvalidByteCount()
                #expect(count == expected, "\(example.bytes)")
                #expect(tokenizer.invalidByteCount == 0)
            }
        }
    }

    private static func invalidByteCount(_ bytes: [UInt8]) -> Int {
        var parser = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var count = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid: continue
            case .error(let length): count += length
            case .emptyInput: return count
            }
        }
    }
}
