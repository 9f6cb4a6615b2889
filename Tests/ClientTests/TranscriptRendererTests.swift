import Client
import PlainText
import Terminal
import TestSupport
import Testing

@testable import Wire

@Suite struct TranscriptRendererTests {
    /// Without colours and status, exactly what a reader sees.
    private func plain(_ events: [Event]) -> String {
        var renderer = TranscriptRenderer(depth: .none, showsStatus: false)
        return events.map { renderer.render($0) }.joined() + renderer.finish()
    }

    @Test func showsRunningTextAndScores() throws {
        let text = plain([
            event(.stream(.started)),
            try next("A good", token: 0), try next(" film", token: 1),
            try sentiment("message", 0.834, token: 1), try next("Bad.", token: 2),
            try sentiment("message", -0.5, token: 2), event(.stream(.ended)),
        ])
        #expect(
            text == """
                ── s
                A good film  [message 2: +0.83, 92% positive]
                Bad.  [message 2: -0.50, 25% positive]
                ── s ended

                """)
    }

    /// Another model, another epoch and another incarnation each begin without what was known before: no
    /// shade and no candidates are left over, whether or not the change itself is listened to.
    @Test(arguments: [true, false]) func forgetsWhatAnotherReadingSaid(hears: Bool) throws {
        func changes(to change: (inout EventContext) -> Void, _ told: StreamChange) throws {
            var renderer = TranscriptRenderer(depth: .palette, showsStatus: true)
            _ = renderer.render(try sentiment("token", -0.9, token: 3))
            _ = renderer.render(try next(Array("sad".utf8), token: 3, top: ["der"]))
            #expect(renderer.settle().contains("-0.90"))
            var fresh = TranscriptRenderer(depth: .palette, showsStatus: true)
            _ = fresh.render(try next("x", token: 0))
            _ = fresh.settle()
            let next = try next("new", token: 4)
            var context = next.context
            change(&context)
            let follows = Event(context: context, payload: next.payload)
            if hears {
                _ = renderer.render(Event(context: context, payload: .stream(told)))
                _ = fresh.render(Event(context: context, payload: .stream(told)))
            }
            // Only one of them has a status line to erase.
            let shown = renderer.render(follows).replacing("\u{1B}[J", with: "")
            #expect(shown == fresh.render(follows))
            #expect(renderer.settle() == fresh.settle())
        }
        try changes(to: { $0.model = "other" }, .reset)
        try changes(to: { $0.epoch = 1 }, .reset)
        try changes(to: { $0.token = 0 }, .ended)
    }

    @Test func saysWhoseTextItIs() throws {
        let text = plain([
            try next("one", token: 0, stream: "a"), try next("two", token: 0, stream: "b"),
            try next(" more", token: 1, stream: "b"), try next("again", token: 1, stream: "a"),
        ])
        #expect(text == "── a\none\n── b\ntwo more\n── a\nagain\n")
    }

    /// Tokens of bytes, cut within characters, with characters that would steer the terminal.
    @Test(arguments: 0..<100) func showsTheTextThatTheTokensSpell(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let alphabet = ["a", " ", "é", "文", "🙂", "\u{1B}[2J", "\u{07}", "\n", "\u{9B}"]
        let source = (0..<20).map { _ in alphabet.randomElement(using: &random)! }.joined()
        let pieces = cuts(of: Array(source.utf8), longest: 4, &random).filter { !$0.isEmpty }
        let events = try pieces.enumerated().map { try next($1, token: UInt64($0)) }
        let body = source.escapedForTerminal(keepingLayout: true)
        #expect(plain(events) == "── s\n" + body + (body.hasSuffix("\n") ? "" : "\n"))
        #expect(!plain(events).unicodeScalars.contains("\u{1B}"))
    }

    @Test func escapesNamesAndErrors() throws {
        let refusal = Refusal(.header, "bad \u{1B}[31m", endpoint: "tcp://\u{07}")
        let text = plain([
            try next("x", token: 0, stream: "evil\u{1B}]0;t\u{07}"), event(.error(refusal)),
        ])
        #expect(
            text == """
                ── evil\\u{1B}]0;t\\u{7}
                x
                error header in s: bad \\u{1B}[31m (tcp://\\u{7})

                """)
    }

    @Test func shadesATokenByItsOwnSentiment() throws {
        var renderer = TranscriptRenderer(depth: .palette, showsStatus: false)
        // The first token shows at once; from then on the stream is known to tell sentiment.
        #expect(renderer.render(try next("a", token: 0)).hasSuffix("a"))
        #expect(renderer.render(try sentiment("token", 0.9, token: 0)) == "")
        // In either order, token 1 gets its own score.
        #expect(renderer.render(try next("b", token: 1)) == "")
        #expect(
            renderer.render(try sentiment("token", -0.9, token: 1))
                == "\u{1B}[38;5;255;48;5;124mb\u{1B}[0m")
        #expect(renderer.render(try sentiment("token", 0.5, token: 2)) == "")
        #expect(
            renderer.render(try next("c", token: 2)) == "\u{1B}[38;5;255;48;5;28mc\u{1B}[0m")
        // One whose sentiment does not come is shown by the next token, or when all is quiet.
        #expect(renderer.render(try next("d", token: 3)) == "")
        #expect(renderer.render(try next("e", token: 4)).contains("md\u{1B}[0m"))
        #expect(renderer.settle().contains("me\u{1B}[0m"))
        #expect(renderer.settle() == "")
    }

    @Test(arguments: [
        (Float?.none, "x"), (0.5, "\u{1B}[2mx\u{1B}[0m"), (3, "x"),
        (7, "\u{1B}[1mx\u{1B}[0m"), (12, "\u{1B}[1;4mx\u{1B}[0m"),
    ])
    func weighsByTheSurprise(surprisal: Float?, expected: String) {
        #expect(Shade(surprisal: surprisal).applied(to: "x", depth: .full) == expected)
        #expect(Shade(surprisal: surprisal).applied(to: "x", depth: .none) == "x")
    }

    @Test func aBackgroundEndsWithItsLine() throws {
        var renderer = TranscriptRenderer(depth: .full, showsStatus: false)
        _ = renderer.render(try sentiment("token", 1, token: 0))
        let text = renderer.render(try next("a\n\nb", token: 0))
        #expect(text.hasSuffix("a\u{1B}[0m\n\n\u{1B}[38;2;240;240;240;48;2;0;140;46mb\u{1B}[0m"))
    }

    @Test func theStatusLineIsErasedBeforeTextFollows() throws {
        var renderer = TranscriptRenderer(depth: .none, showsStatus: true)
        _ = renderer.render(try next(Array("a".utf8), token: 0, top: [" b", "\u{1B}"]))
        let status = renderer.settle()
        #expect(status.contains("next:  ‘ b’ 50%  ‘\\u{1B}’ 50%"))
        #expect(status.hasSuffix("\u{1B}8"))
        #expect(renderer.render(try next("c", token: 1)) == "\u{1B}[Jc")
        #expect(renderer.finish() == "\n")
    }

    /// Line breaks come in before the last column, and take the place of a space at most.
    @Test(arguments: 0..<100) func breaksLinesBeforeTheLastColumn(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let words = [
            "a", " film", " wonderful", "ful", ".", " ", "averyveryverylongword", "\n", "x y",
        ]
        let tokens = (0..<40).map { _ in words.randomElement(using: &random)! }
        var renderer = TranscriptRenderer(depth: .none, showsStatus: false)
        let columns = Int.random(in: 8...20, using: &random)
        renderer.columns = columns
        var text = ""
        for (index, token) in tokens.enumerated() {
            text += renderer.render(try next(token, token: UInt64(index)))
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count < columns })
        func letters(_ text: String) -> String { text.filter { !$0.isWhitespace } }
        #expect(letters(text) == letters("── s\n" + tokens.joined()))
    }

    @Test func wideCharactersTakeTwoColumns() throws {
        var renderer = TranscriptRenderer(depth: .none, showsStatus: false)
        renderer.columns = 8
        #expect(renderer.render(try next("文字文字🙂a", token: 0)) == "── s\n文字文\n字🙂a")
    }

    @Test func survivesNumbersOutOfRange() throws {
        let text = plain([try sentiment("message", 1e30, token: 0)])
        #expect(text.contains("+1.00, 100% positive"))
    }
}
