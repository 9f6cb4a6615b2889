import Foundation
import StrictTOML
import TestSupport
import Testing

/// A configuration of every kind of value, read and written by its codec.
private struct Sample: Equatable {
    enum Color: String, CaseIterable { case red, green }

    struct Part: Equatable {
        var color = Color.red
        var share = 0.5
    }

    var name: String?
    var count = 3
    var rate = 0.1
    var isOn = false
    var pause: Duration? = .seconds(1)
    var parts: [Part] = []
    var extra: Part?

    static var codec: ConfigurationCodec<Sample> {
        .table(
            Sample(),
            [
                ConfigurationField(
                    "name", optional: \.name, .text(expecting: "a name", allowsEmpty: false)),
                ConfigurationField("count", \.count, .integer(1...9)),
                ConfigurationField("rate", \.rate, .number(0...1e9)),
                ConfigurationField("is_on", \.isOn, .flag),
                ConfigurationField(
                    "pause", \.pause, .duration(.zero...(.seconds(60))), or: "never"),
                ConfigurationField("part", \.parts, .list(of: part)),
                ConfigurationField("extra", \.extra, part, enabled: Part(color: .green)),
            ])
    }

    private static var part: ConfigurationCodec<Part> {
        .table(
            Part(),
            [
                ConfigurationField("color", \.color, .choice, isRequired: true),
                ConfigurationField(
                    "share", \.share, .number(0...1), applies: { $0.color == .red },
                    context: "for this color"),
            ])
    }

    /// Odd counts are invalid.
    var inconsistencies: [ConfigurationError.Problem] {
        isOn && !count.isMultiple(of: 2) ? [.init("count", "is odd")] : []
    }

    init(_ document: String) throws(ConfigurationError) {
        self = try TOMLDocument.read(
            document, source: "f.toml", codec: Self.codec, inconsistencies: \.inconsistencies)
    }

    init() {}

    var document: String { Self.codec.encode(self).document }
}

@Suite struct TOMLDocumentTests {
    @Test func whatIsLeftOutIsAsInTheDefaults() throws {
        #expect(try Sample("") == Sample())
        var other = Sample()
        other.extra = Sample.Part(color: .green)
        other.pause = nil
        other.rate = 2
        #expect(try Sample("extra = true\npause = \"never\"\nrate = 2") == other)
    }

    @Test(arguments: 0..<200) func whatIsWrittenReadsBackEqual(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let sample = Self.anySample(&random)
        let document = sample.document
        let again = try Sample(document)
        #expect(again == sample, "\(document)")
        #expect(again.document == document)
    }

    /// All mistakes are reported at once, each with its position.
    @Test(arguments: [
        ("nme = 1", "f.toml:1:1: nme: unknown key; did you mean 'name'?"),
        ("name = \"\"", "f.toml:1:1: name: found the string \"\"; expected a name"),
        (
            "\n count = 10",
            "f.toml:2:2: count: found the integer 10; expected an integer from 1 to 9"
        ),
        ("count = 1.0", "f.toml:1:1: count: found the number 1.0; expected an integer from 1 to 9"),
        ("rate = -0.5", "f.toml:1:1: rate: found the number -0.5; expected a number from 0.0 to"),
        ("rate = nan", "f.toml:1:1: rate: found the number nan; expected a number from 0.0 to"),
        ("rate = inf", "f.toml:1:1: rate: found the number inf; expected a number from 0.0 to"),
        ("rate = 2026-01-01", "f.toml:1:1: rate: found a date; expected a number"),
        (
            "is_on = 1\n[[part]]",
            "f.toml:1:1: is_on: found the integer 1; expected true or false\n"
                + "f.toml:2:1: part[0].color: is missing"
        ),
        ("pause = 1", "such as \"250ms\" or \"10s\", or \"never\""),
        (
            "[[part]]\ncolor = \"red\"\n[[part]]\ncolor = \"blue\"",
            "f.toml:4:1: part[1].color: found the string \"blue\"; expected one of \"red\", \"green\""
        ),
        (
            "[extra]\ncolor = \"green\"\nshare = 1",
            "f.toml:3:1: extra.share: has no meaning for this color"
        ),
        ("is_on = true", "f.toml: count: is odd"),
        ("is_on = true\ncount = 5", "f.toml:2:1: count: is odd"),
        ("count = 1\ncount = 2", "f.toml:2:"),
        ("name = \"a\"\nb\0c", "f.toml:2:2: found a NUL character"),
    ])
    func refuses(document: String, message: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try Sample(document) }
        #expect(error.description.contains(message), "\(error)")
    }

    @Test func filesThatHoldNoTextAreRefused() throws {
        let path = NSTemporaryDirectory() + "/sluice-\(UUID().uuidString).toml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        func refusal() throws -> String {
            try #require(throws: ConfigurationError.self) { try TOMLDocument.text(ofFile: path) }
                .description
        }
        #expect(try refusal() == "\(path): there is no such file")
        try Data([0x61, 0xFF]).write(to: URL(filePath: path))
        #expect(try refusal() == "\(path): is not UTF-8")
        try Data("a = 1".utf8).write(to: URL(filePath: path))
        #expect(try TOMLDocument.text(ofFile: path) == "a = 1")
    }

    @Test func relativePathsStartFromTheFile() {
        #expect(TOMLDocument.absolute("a/b", fromFile: "/etc/sluice/f.toml") == "/etc/sluice/a/b")
        #expect(TOMLDocument.absolute("/a/b", fromFile: "/etc/sluice/f.toml") == "/a/b")
    }

    private static func anySample(_ random: inout SeededRandom) -> Sample {
        func anyPart() -> Sample.Part {
            guard Bool.random(using: &random) else { return Sample.Part(color: .green) }
            return Sample.Part(color: .red, share: .random(in: 0...1, using: &random))
        }
        var sample = Sample()
        let names = [nil, "a", "\"\\\n\t\u{1B}é🙂", "# = [x]"]
        sample.name = names.randomElement(using: &random) ?? nil
        sample.count = .random(in: 1...9, using: &random)
        // Small and large numbers, which have an exponent.
        sample.rate = [0, 1e-7, 1e9, 0.1 + 0.2, .random(in: 0...1, using: &random)]
            .randomElement(using: &random)!
        sample.isOn = sample.count.isMultiple(of: 2) && Bool.random(using: &random)
        sample.pause = Bool.random(using: &random) ? nil : .milliseconds(1500)
        sample.parts = (0..<Int.random(in: 0...3, using: &random)).map { _ in anyPart() }
        sample.extra = Bool.random(using: &random) ? nil : anyPart()
        return sample
    }

    /// The parser ends the process at them.
    @Test(arguments: [
        "[.x]", "[[.x]]", "[ \t. x]", "[=]", "[[\n", "[\r\nx]", "[é]", "[#]", "[[[x]]]", "[[ [x",
    ])
    func headingsWithoutANameAreRefused(_ heading: String) {
        let before = ["", "\u{FEFF}", "count = 1\n", "# [.x]\nname = '''\n[.x]'''\n \t"]
        for (text, line) in zip(before, [1, 1, 2, 4]) {
            let error = #expect(throws: ConfigurationError.self) { try Sample(text + heading) }
            let found = error?.description ?? ""
            #expect(found.hasPrefix("f.toml:\(line):"), "\(found)")
            #expect(found.contains("found a heading without a name, expected [NAME] or [[NAME]]"))
        }
    }

    @Test(arguments: ["x", "\"", " ", "_", "\n"]) func aDateWithoutATimeIsRefused(after: String) {
        for letter in ["T", "t"] {
            let error = #expect(throws: ConfigurationError.self) {
                try Sample("count = 1\nrate = 1979-05-27\(letter)\(after)")
            }
            #expect(
                error?.description
                    == "f.toml:2:18: found a date without the time that must follow it here")
        }
    }

    @Test(arguments: ["[}", "[1, }", "[{a = 1]", "{a = [}}"]) func bracketsMustMatch(
        _ value: String
    ) {
        let error = #expect(throws: ConfigurationError.self) { try Sample("x = \(value)\n") }
        #expect(error?.description.contains("which does not close") == true)
    }

    /// Up to two quotes before the last three of a long string belong to it: what comes after them is
    /// looked at.
    @Test(arguments: ["'", "\""], [0, 1, 2])
    func longStringsEndWhereTheParserEndsThem(quote: String, more: Int) throws {
        let long = String(repeating: quote, count: 3)
        let extra = String(repeating: quote, count: more)
        let text = "\(long)a\(extra)\(long)"
        for rest in ["x = [\(text),}", "x = [\(text)]\n[.x]", "x = \(text)\n[.x]"] {
            let error = #expect(throws: ConfigurationError.self) { try Sample(rest) }
            let found = error?.description ?? ""
            #expect(found.contains("does not close") || found.contains("without a name"))
        }
        #expect(try Sample("name = \(text)\ncount = 4").name == "a" + extra)
    }

    /// The parser ends the process at some of them.
    @Test(arguments: ["\u{85}", "\u{2028}", "\u{2029}", "\u{A0}", "\u{FEFF}", "é"])
    func outsideOfStringsAllIsASCII(character: String) throws {
        for before in ["x = [", "x = [1, ", "x = {", "count = 1 ", "count = 1\n", "x"] {
            let error = #expect(throws: ConfigurationError.self) { try Sample(before + character) }
            #expect(error?.description.contains("not ASCII") == true, "\(before)")
        }
        #expect(try Sample("# \(character)\nname = '\(character)'").name == character)
        #expect(try Sample("\u{FEFF}count = 4").count == 4)
    }

    @Test(arguments: ["[", "[[", "[]", "[ ]", "[[]]", "[ [x]]"])
    func otherHeadingsAreForTheParser(_ heading: String) {
        let error = #expect(throws: ConfigurationError.self) { try Sample(heading) }
        #expect(error?.description.contains("without a name") == false)
    }

    /// The parser does not limit dotted keys, and walking nested tables is recursive.
    @Test(arguments: ["a", "\"a\"", "'a' "]) func keysOfManyPartsAreRefused(part: String) {
        func key(_ count: Int) -> String {
            Array(repeating: part, count: count).joined(separator: ".")
        }
        func problem(_ document: String) -> String? {
            do throws(ConfigurationError) {
                _ = try Sample(document)
                return nil
            } catch {
                return error.description
            }
        }
        for count in [17, 30_000] {
            let expected = "found a key of more parts, expected at most 16"
            #expect(problem("\(key(count)) = 1\n")?.contains(expected) == true)
            #expect(problem("count = 1\n[\(key(count))]\nb = 1\n")?.contains(expected) == true)
            #expect(problem("x = { \(key(count)) = 1 }")?.hasPrefix("f.toml:1:") == true)
        }
        #expect(problem("\(key(16)) = 1")?.contains("unknown key") == true)
        let open = String(repeating: "[", count: 30_000)
        #expect(
            problem("count = 1\nx = \(open)")
                == "f.toml:2:37: found deeper nesting, expected at most 32 levels")
        // Strings and comments do not count.
        let dots = String(repeating: ".", count: 100)
        let text = "# \(dots) \(open)\nname = \"\\\"\(dots)\(open)\"\n"
        #expect(problem(text) == nil)
        #expect(problem("name = \"\"\"\n\"\(dots)\n\(open)\"\"\"\n") == nil)
        #expect(problem("name = '\\'\n\(key(17)) = 1")?.contains("2:") == true)
    }
}
