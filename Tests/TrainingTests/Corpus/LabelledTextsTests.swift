import TestSupport
import Testing

@testable import Training

/// Tables of labelled texts, and what their labels mean.
@Suite struct LabelledTextsTests {
    private func read(
        _ table: String, _ change: (inout LabelledTexts.Options) -> Void = { _ in }
    ) throws -> LabelledTexts {
        var options = LabelledTexts.Options()
        change(&options)
        return try LabelledTexts(Array(table.utf8), file: "some.tsv", options)
    }

    struct Meaning: Sendable {
        let labels: [String]
        let positive: [String]
        let negative: [String]
    }

    @Test(arguments: [
        Meaning(labels: ["0", "1"], positive: ["1"], negative: ["0"]),
        Meaning(labels: ["0", "1", "2"], positive: ["2"], negative: ["0"]),
        Meaning(labels: ["0", "1", "2", "3", "4"], positive: ["3", "4"], negative: ["0", "1"]),
        Meaning(labels: ["1", "2"], positive: ["2"], negative: ["1"]),
        Meaning(labels: ["1", "2", "3", "4", "5"], positive: ["4", "5"], negative: ["1", "2"]),
        Meaning(labels: ["-1.5", "0", "0.2"], positive: ["0.2"], negative: ["-1.5"]),
        Meaning(
            labels: ["positive", "mixed", "negative", "neutral"], positive: ["positive"],
            negative: ["negative"]),
    ])
    func labelsMeanWhatTheyAre(_ meaning: Meaning) throws {
        let rule = try #require(LabelRule(inferredFrom: Set(meaning.labels)))
        for label in meaning.labels {
            let expected: Bool? =
                meaning.positive.contains(label)
                ? true : meaning.negative.contains(label) ? false : nil
            #expect(rule.isPositive(label) == expected, "\(label), \(rule)")
        }
    }

    @Test(arguments: [["7"], ["good", "bad"], ["1", "many"], ["-1", "0"], []])
    func whatSaysNothingIsNotGuessed(_ labels: [String]) {
        #expect(LabelRule(inferredFrom: Set(labels)) == nil)
    }

    /// Some editors and spreadsheets write a byte-order mark.
    @Test func aByteOrderMarkIsNoPartOfAName() throws {
        #expect(try read("\u{FEFF}text\tlabel\nFine.\t1\nPoor.\t0\n").examples.count == 2)
    }

    @Test func columnsAreFoundByNameInAnyOrder() throws {
        let examples = try read("stars\ttext\tlabel\n9\tA \"fine\" film\t1\r\n\n2\tNo.\t0\n")
            .examples
        #expect(
            examples.map { String(decoding: $0.text, as: UTF8.self) } == ["A \"fine\" film", "No."])
        #expect(examples.map(\.isPositive) == [true, false])
        #expect(examples.map(\.line) == [2, 4])
        let stars = try read("stars\ttext\tlabel\n9\tA\t0\n2\tB\t1\n") {
            $0.labelColumn = "stars"
            $0.rule = LabelRule(positive: [.above(5)], negative: [.below(5)])
        }
        #expect(stars.examples.map(\.isPositive) == [true, false])
    }

    @Test func othersAreLeftOutAndCounted() throws {
        let texts = try read("label3\ttext\n0\tbad\n1\tso so\n2\tgood\n2\t\n")
        #expect(texts.examples.map(\.isPositive) == [false, true])
        #expect(texts.skippedCount == 2)
    }

    @Test(arguments: [
        ("", "some.tsv:1: found nothing"),
        ("label\ttext\n1\ta\n0\tb\tc\n", "some.tsv:3: found 3 fields; expected 2"),
        ("label\twords\n1\ta\n", "found columns label, words; expected the texts' column"),
        ("a\ttext\n1\ta\n", "expected the labels' column, named label or"),
        ("label\ttext\n1\ta\nhigh\tb\n", "some.tsv:3: column label: found labels such as 1, high"),
        ("label\ttext\n", "column label"),
    ])
    func errorsTellThePlace(_ table: String, _ words: String) {
        let error = #expect(throws: CorpusError.self) { try read(table) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    private static let many =
        "label\ttext\n" + (0..<2000).map { "\($0 % 2)\ttext \($0 * 7919)\n" }.joined()

    @Test func halvesAreAboutEqualDisjointAndWhole() throws {
        let halves = try (0...1).map { half in try read(Self.many) { $0.half = half }.examples }
        #expect(halves[0].count + halves[1].count == 2000)
        #expect(abs(halves[0].count - 1000) < 100)
        #expect(Set(halves[0].map(\.text)).isDisjoint(with: halves[1].map(\.text)))
    }

    @Test func whatIsLeftOutIsCountedInItsHalf() throws {
        let table = Self.many + (0..<400).map { "?\tother \($0 * 7919)\n" }.joined()
        let rule = LabelRule(positive: [.label("1")], negative: [.label("0")])
        let skipped = try (0...1).map { half in
            try read(table) { ($0.half, $0.rule) = (half, rule) }.skippedCount
        }
        #expect(skipped[0] + skipped[1] == 400 && abs(skipped[0] - 200) < 50)
    }

    @Test(arguments: ["a.tsv", "a.TSV", "a.tsv.xz", "b/A.Tsv.XZ"])
    func tablesAreKnownByTheirName(_ name: String) {
        #expect(LabelledTexts.isTable(name) && !LabelledTexts.isTable(name + ".txt"))
    }

    @Test func aTextStaysInItsHalfWhateverTheTableIs() throws {
        let first = try read(Self.many) { $0.half = 0 }.examples.map(\.text)
        let table =
            "text\tlabel\nnew\t1\n"
            + first.reversed().map {
                String(decoding: $0, as: UTF8.self) + "\t0\n"
            }.joined()
        let again = try read(table) { $0.half = 0 }.examples.map(\.text)
        #expect(Set(first).isSubset(of: again))
    }

    @Test func aLimitTakesEvenlyFromTheWhole() throws {
        let some = try read(Self.many) { $0.limit = 10 }.examples
        #expect(some.map(\.line) == (0..<10).map { $0 * 200 + 2 })
    }
}
