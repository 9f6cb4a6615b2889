import Foundation
import PlainText
import Testing

/// How files begin that are text, and that are not.
@Suite struct TextStartTests {
    private func pass(_ bytes: [UInt8], cutAt step: Int, isFile: Bool = true) throws -> [UInt8] {
        var filter = TextStartFilter(refusesBinary: isFile)
        var passed: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: step) {
            passed += try filter.pass(Array(bytes[start..<min(start + step, bytes.count)]))
        }
        return passed + (try filter.finish())
    }

    @Test(arguments: [
        "", "a", "P", "PK", "%PDF", "BZh9", "\u{FEFF}", "Grün", "字", "a\u{0}b\u{0}c\n",
    ])
    func textPassesHoweverItIsCut(text: String) throws {
        let bytes = Array(text.utf8)
        for step in 1...6 {
            #expect(try pass(bytes, cutAt: step) == bytes.withoutByteOrderMark)
            #expect(try pass([0xEF, 0xBB, 0xBF] + bytes, cutAt: step) == bytes)
        }
        #expect(try bytes.textOfFile() == bytes.withoutByteOrderMark)
    }

    static let foreign: [(bytes: [UInt8], found: String)] = [
        ([0x1F, 0x8B, 8, 0, 0], "gzip"), ([0x28, 0xB5, 0x2F, 0xFD, 0], "zstd"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0], "xz"), (Array("PK\u{3}\u{4}..".utf8), "zip"),
        (Array("BZh91AY&SY".utf8), "bzip2"), (Array("%PDF-1.7".utf8), "PDF"),
        (Array("SQLite format 3\u{0}".utf8), "SQLite"), ([0xFF, 0xFE, 0x61, 0], "UTF-16 (little"),
        ([0xFE, 0xFF, 0, 0x61], "UTF-16 (big"), ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "UTF-32"),
        ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61], "UTF-32"),
    ]

    @Test(arguments: foreign) func whatIsNoTextIsNamed(bytes: [UInt8], found: String) {
        for step in 1...bytes.count {
            let error = #expect(throws: ForeignText.self) { try pass(bytes, cutAt: step) }
            #expect(error?.found.contains(found) == true)
            #expect(error?.remedy.isEmpty == false)
        }
    }

    @Test(arguments: [
        (String.Encoding.utf16LittleEndian, "UTF-16LE"), (.utf16BigEndian, "UTF-16BE"),
        (.utf32LittleEndian, "UTF-32LE"), (.utf32BigEndian, "UTF-32BE"),
    ]) func wideTextIsKnownWithoutAMark(encoding: String.Encoding, name: String) throws {
        for text in [
            "What a wonderful film this is.\n", "Grüße aus Köln – schön war's.\r\n",
            "Привет, мир! Это хороший фильм.\n", "Μια πολύ καλή ταινία.\n",
            "\u{5E9}\u{5DC}\u{5D5}\u{5DD}  \n",
        ] {
            let bytes = Array(try #require(text.data(using: encoding)))
            let error = #expect(throws: ForeignText.self) { try bytes.textOfFile() }
            #expect(error?.remedy.contains("iconv -f \(name) -t UTF-8") == true)
            #expect(throws: ForeignText.self) { try pass(bytes, cutAt: 64, isFile: false) }
            // By less than the shortest sample it cannot be told.
            #expect(try pass(bytes, cutAt: 3, isFile: false) == bytes)
        }
    }

    /// Ideographs in UTF-16, and anything else that is no text.
    @Test func zerosAmongBytesThatAreNoUTF8AreRefusedInAFile() throws {
        let texts = ["电影非常好看，我很喜欢这部电影。\n", "とても良い映画でした。\r\n"]
        let encodings = [String.Encoding.utf16LittleEndian, .utf16BigEndian]
        var files = try encodings.flatMap { encoding in
            try texts.map { Array(try #require($0.data(using: encoding))) }
        }
        files.append(Array("RIFF\u{24}\u{0}\u{0}\u{0}WAVEfmt ".utf8) + [0xFF, 0xFE, 0, 0x81])
        for bytes in files {
            #expect(throws: ForeignText.self) { try bytes.textOfFile() }
            #expect(try pass(bytes, cutAt: bytes.count, isFile: false) == bytes)
        }
    }

    @Test func aCharacterThatASampleCutsIsNoFault() throws {
        let bytes = Array(("a\u{0}" + String(repeating: "字", count: 4000)).utf8)
        for count in 4090...4100 {
            #expect(
                try pass(Array(bytes.prefix(count)), cutAt: count) == Array(bytes.prefix(count)))
        }
    }
}
