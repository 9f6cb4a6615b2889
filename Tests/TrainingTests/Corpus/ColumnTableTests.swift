import TestSupport
import Testing

@testable import Training

/// CSV tables, as spreadsheets write them.
@Suite struct ColumnTableTests {
    private func rows(_ text: String, file: String = "t.csv") throws(CorpusError) -> [[String]] {
        let table = try ColumnTable(Array(text.utf8), file: file)
        return [table.columns]
            + table.rows.map { $0.fields.map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test func quotesHoldWhatSeparates() throws {
        let text = "\u{FEFF}text,label\r\n\"Good, \"\"very\"\" good\",1\r\n\r\n\"a\nb\",0\r\nc,\"\""
        #expect(
            try rows(text)
                == [
                    ["text", "label"], ["Good, \"very\" good", "1"], ["a\nb", "0"], ["c", ""],
                ])
        #expect(try rows("text;label\na, b;1\n") == [["text", "label"], ["a, b", "1"]])
        #expect(
            try rows("text\tlabel\n\"a\",b\t1\n", file: "t.tsv")
                == [["text", "label"], ["\"a\",b", "1"]])
    }

    @Test(arguments: 0..<50) func whatIsWrittenIsReadBack(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let alphabet = ["a", "\"", ",", "\n", "\r\n", "é", ";", " "]
        let fields = (0..<6).map { _ in
            (0..<3).map { _ in
                (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    alphabet.randomElement(using: &random)!
                }.joined()
            }
        }
        let lines = fields.map { row in
            row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
        }
        let text = "a,b,c\n" + lines.joined(separator: "\r\n")
        #expect(try rows(text) == [["a", "b", "c"]] + fields)
    }

    @Test(arguments: [
        ("text,label\n\"open,1\n", 2, "a quote that is not closed"),
        ("text,label\n\"a\"b,1\n", 2, "text behind a closing quote"),
        ("text,label\n\"a\nb\",1\nc\n", 4, "1 fields"), ("", 1, "nothing"), ("\n", 1, "nothing"),
    ]) func whatIsWrongHasItsLine(text: String, line: Int, found: String) {
        let error = #expect(throws: CorpusError.self) { try rows(text) }
        #expect("\(error!)".hasPrefix("t.csv:\(line): found \(found)"), "\(error!)")
    }

    @Test(arguments: ["text,label\na,1\n", "phrase;sentiment\na;1\n", "label\ttext\n1\ta\n"])
    func aTableGivenAsProseIsRefused(text: String) {
        #expect(throws: CorpusError.self) {
            try LabelledTexts.checkIsProse(Array(text.utf8), file: "t.txt")
        }
        #expect(throws: CorpusError.self) {
            try LabelledTexts.checkIsProse(Array("{}".utf8), file: "t.jsonl")
        }
        #expect(throws: Never.self) {
            try LabelledTexts.checkIsProse(Array("The text, a label.\n".utf8), file: "t.txt")
        }
    }
}
