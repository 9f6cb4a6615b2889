import TestSupport
import Testing

@testable import Client

@Suite struct MessageSplitterTests {
    private func messages(
        _ mode: MessageSplitter.Mode, _ chunks: [[UInt8]], longest: Int
    ) -> [[MessageSplitter.Piece]] {
        var splitter = MessageSplitter(mode, longestPiece: longest)
        var pieces: [MessageSplitter.Piece] = []
        for chunk in chunks { splitter.append(chunk, to: &pieces) }
        splitter.finish(&pieces)
        var messages: [[MessageSplitter.Piece]] = [[]]
        for piece in pieces {
            messages[messages.count - 1].append(piece)
            if !piece.more { messages.append([]) }
        }
        #expect(messages.last == [], "every message ends")
        return messages.dropLast()
    }

    /// The lines are those of the whole text, however it comes and however long a piece may be.
    @Test(arguments: 0..<300) func linesAreThoseOfTheWholeText(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet: [Character] = ["a", "b", "é", "\n", "\r\n", "\r"]
        let text = String((0..<60).map { _ in alphabet.randomElement(using: &random)! })
        let longest = Int.random(in: 2...9, using: &random)
        let chunks = cuts(of: Array(text.utf8), longest: 7, &random)
        let found = messages(.line, chunks, longest: longest)
        #expect(found.allSatisfy { $0.allSatisfy { $0.text.count <= longest } })
        let lines = found.map { $0.flatMap(\.text) }
        let expected = Array(text.utf8).split(separator: 10).map { line in
            Array(line.last == 13 ? line.dropLast() : line)
        }
        #expect(lines.filter { !$0.isEmpty } == expected.filter { !$0.isEmpty })
    }

    @Test(arguments: 0..<100) func aWholeTextIsOneMessage(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let bytes = (0..<Int.random(in: 1...50, using: &random)).map { UInt8($0) }
        let found = messages(.wholeText, cuts(of: bytes, longest: 9, &random), longest: 4)
        #expect(found.count == 1)
        #expect(found.first?.flatMap(\.text) == bytes)
    }

    @Test(arguments: [MessageSplitter.Mode.wholeText, .line]) func nothingIsNoMessage(
        mode: MessageSplitter.Mode
    ) {
        #expect(messages(mode, [[]], longest: 10).isEmpty)
    }

    @Test func linesGoOutAsTheyCome() {
        var splitter = MessageSplitter(.line, longestPiece: 100)
        var pieces: [MessageSplitter.Piece] = []
        splitter.append(Array("one\ntw".utf8), to: &pieces)
        #expect(pieces == [.init(text: Array("one".utf8), more: false)])
        splitter.append(Array("o\n\n".utf8), to: &pieces)
        #expect(pieces.last == .init(text: Array("two".utf8), more: false))
        #expect(pieces.count == 2)
    }
}
