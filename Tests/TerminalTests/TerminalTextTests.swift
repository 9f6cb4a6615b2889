import PlainText
import Terminal
import TestSupport
import Testing

@Suite struct TerminalTextTests {
    /// However bytes are cut, the characters are those of the whole.
    @Test(arguments: 0..<200) func assemblesWhatTheWholeWouldBe(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let samples: [[UInt8]] = [
            Array("a".utf8), Array("é".utf8), Array("文".utf8), Array("👩‍👩‍👧".utf8),
            [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F], [0x80], [0xE0, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
        ]
        let bytes = (0..<30).flatMap { _ in samples.randomElement(using: &random)! }
        var assembler = UTF8Assembler()
        var text = ""
        for piece in cuts(of: bytes, longest: 3, &random) { text += assembler.append(piece) }
        text += assembler.finish()
        #expect(Array(text.utf8) == Array(String(decoding: bytes, as: UTF8.self).utf8))
    }

    @Test func givesOutACharacterAsSoonAsItIsWhole() {
        var assembler = UTF8Assembler()
        let pieces = Array("🙂a".utf8).map { assembler.append([$0]) }
        #expect(pieces == ["", "", "", "🙂", "a"])
    }

    @Test func noControlCharacterGoesThrough() {
        let dangerous =
            (0..<0x20).map { Unicode.Scalar(UInt8($0)) }
            + (0x7F..<0xA0).map { Unicode.Scalar(UInt8($0)) }
            + ["\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}", "\u{200F}"]
        for scalar in dangerous {
            let escaped = "a\(String(scalar))b".escapedForTerminal()
            let digits = String(scalar.value, radix: 16, uppercase: true)
            #expect(escaped == "a\\u{\(digits)}b")
            let kept = "a\(String(scalar))b".escapedForTerminal(keepingLayout: true)
            #expect((kept == "a\(String(scalar))b") == (scalar == "\n" || scalar == "\t"))
        }
    }

    @Test func textGoesThroughAsItIs() {
        let text = "plain é 文 🙂 👩‍👩‍👧 e\u{301} 100%"
        #expect(text.escapedForTerminal() == text)
        #expect("a\r\nb\rc\n".escapedForTerminal(keepingLayout: true) == "a\nb\\u{D}c\n")
    }

    @Test(arguments: [
        (ColorChoice.auto, true, [:], ColorDepth.palette),
        (.auto, true, ["COLORTERM": "truecolor"], .full),
        (.auto, true, ["NO_COLOR": "1", "COLORTERM": "truecolor"], .none),
        (.auto, true, ["NO_COLOR": ""], .palette),
        (.auto, true, ["TERM": "dumb"], .none),
        (.auto, false, ["COLORTERM": "truecolor"], .none),
        (.always, false, ["NO_COLOR": "1"], .palette),
        (.never, true, ["COLORTERM": "truecolor"], .none),
    ])
    func choosesColors(
        choice: ColorChoice, isTerminal: Bool, environment: [String: String], expected: ColorDepth
    ) {
        #expect(
            ColorDepth.chosen(by: choice, isTerminal: isTerminal, environment: environment)
                == expected)
    }
}
