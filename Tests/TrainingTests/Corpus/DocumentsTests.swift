import Testing

@testable import Training

@Suite struct DocumentsTests {
    private let text = Array(
        """
        First

        A paragraph.
        Another.

        Second

        Its paragraph.

        Third

        Last.
        """.utf8)

    private func parts(_ documents: Documents, group: Int = 1) -> [String] {
        documents.split(text, group: group).map { String(decoding: text[$0], as: UTF8.self) }
    }

    @Test func anArticleGoesFromItsTitleToTheNext() {
        let articles = parts(.article)
        #expect(articles.map { $0.prefix(5) } == ["First", "Secon", "Third"])
        #expect(articles.joined() == String(decoding: text, as: UTF8.self))
        #expect(parts(.article, group: 2).count == 2)
        #expect(parts(.article, group: 2)[0] == articles[0] + articles[1])
    }

    @Test func linesAndFiles() {
        #expect(parts(.file) == [String(decoding: text, as: UTF8.self)])
        let lines = parts(.line)
        #expect(lines.count == 7 && lines[1].hasPrefix("A paragraph."))
        #expect(Documents.line.split([], group: 1).isEmpty)
        #expect(Documents.article.split([], group: 1).isEmpty)
    }
}

/// Line ends are treated as in serving: a network learns from the lines that a daemon reads.
@Suite struct LineEndTests {
    private func parts(_ documents: Documents, _ text: String) -> [String] {
        let prepared = documents.prepared(Array(text.utf8))
        return documents.split(prepared, group: 1).map {
            String(decoding: prepared[$0], as: UTF8.self)
        }
    }

    private static let texts = [
        "First\n\nA paragraph.\nAnother.\n\nSecond\n\nIts paragraph.\n", "one\ntwo", "one\ntwo\n\n",
        "\n\nthree\n", "a\rb\n", "",
    ]

    @Test(arguments: texts) func windowsLineEndsAreLineEnds(text: String) {
        let other = text.replacing("\n", with: "\r\n")
        for documents in [Documents.line, .article] {
            #expect(parts(documents, other) == parts(documents, text))
        }
        // A file is one text and is read unchanged, as it is published.
        #expect(parts(.file, other).joined() == other)
    }

    @Test func aReturnThatEndsNoLineIsText() {
        #expect(parts(.line, "a\rb\r\r\nc\r") == ["a\rb\r\n", "c"])
        #expect(parts(.line, "\r\n\r\na\r\n\r") == ["a\n"])
    }

    @Test func articlesAreFoundInWindowsTexts() {
        let text = "First\r\n\r\nA paragraph.\r\n\r\nSecond\r\n\r\nAnother.\r\n"
        #expect(parts(.article, text).map { $0.prefix(5) } == ["First", "Secon"])
    }
}
