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

    private func parts(_ documents: Recipe.Documents, group: Int = 1) -> [String] {
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
        #expect(Recipe.Documents.line.split([], group: 1).isEmpty)
        #expect(Recipe.Documents.article.split([], group: 1).isEmpty)
    }
}
