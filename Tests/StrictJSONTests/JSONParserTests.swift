import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws(JSONError) -> JSONValue {
        try JSONParser.parse(Array(text.utf8)[...])
    }

    /// What Foundation's writer writes is read back as the same document.
    @Test func documentsAreReadAsFoundationWroteThem() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<200 {
            let document = randomValue(depth: 4, &random)
            let options: JSONSerialization.WritingOptions =
                Bool.random(using: &random)
                ? [.fragmentsAllowed, .prettyPrinted] : .fragmentsAllowed
            let data = try JSONSerialization.data(withJSONObject: document, options: options)
            expect(try JSONParser.parse(Array(data)[...]), is: document)
        }
    }

    private func randomValue(depth: Int, _ random: inout SeededRandom) -> Any {
        switch Int.random(in: 0..<(depth == 0 ? 4 : 6), using: &random) {
        case 0: NSNull()
        case 1: Bool.random(using: &random)
        case 2: Int.random(in: .min ... .max, using: &random)
        case 3: randomString(&random)
        case 4: (0..<3).map { _ in randomValue(depth: depth - 1, &random) }
        default:
            Dictionary(
                (0..<3).map { _ in (randomString(&random), randomValue(depth: depth - 1, &random))
                },
                uniquingKeysWith: { $1 })
        }
    }

    private func randomString(_ random: inout SeededRandom) -> String {
        let parts = ["a", "\"", "\\", "/", "\n", "\u{1}", "é", "☂", "👩‍🚀", "\u{7F}", " "]
        return (0..<5).map { _ in parts.randomElement(using: &random)! }.joined()
    }

    private func expect(_ value: JSONValue, is document: Any) {
        switch (value, document) {
        case (.null, is NSNull): break
        case (.bool(let found), let expected as Bool): #expect(found == expected)
        case (.number, let expected as Int): #expect(value.integer == expected)
        case (.string(let found), let expected as String): #expect(found == expected)
        case (.array(let found), let expected as [Any]):
            #expect(found.count == expected.count)
            for (found, expected) in zip(found, expected) { expect(found, is: expected) }
        case (.object(let found), let expected as [String: Any]):
            #expect(found.count == expected.count)
            for member in found { expect(member.value, is: expected[member.key] ?? "missing") }
        default: Issue.record("\(value) is not \(document)")
        }
    }

    @Test func numbersKeepTheirDigits() throws {
        let value = try parse("[0, -0, -1.5e2, 1E+1, 9223372036854775807, 9223372036854775808]")
        guard case .array(let numbers) = value else {
            Issue.record("\(value)")
            return
        }
        #expect(numbers.map(\.integer) == [0, 0, nil, nil, .max, nil])
        #expect(numbers.last == .number("9223372036854775808"))
    }

    @Test func keysAreComparedByTheirBytes() throws {
        guard case .object(let members) = try parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}") else {
            Issue.record("no object")
            return
        }
        #expect(members.map(\.value.integer) == [1, 2])
    }

    @Test(arguments: [
        ("", 0), ("{}{}", 2), ("[1,]", 3), ("[1 2]", 3), ("{\"a\":1,\"a\":2}", 7), ("{a:1}", 1),
        ("01", 0), ("1.", 2), ("-", 1), ("+1", 0), (".5", 0), ("1e", 2), ("tru", 3), ("nul", 3),
        ("\"\n\"", 1), ("\"\\x\"", 2), ("\"\\u12\"", 5), ("\"abc", 4), ("{\"a\" 1}", 5),
    ])
    func whatIsNoJSONIsRefusedWhereItIsWrong(_ text: String, _ offset: Int) {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error?.offset == offset, "\(text): \(String(describing: error))")
    }

    @Test func halvesOfSurrogatePairsAndOtherBytesAreRefused() {
        for text in [#""\ud83d""#, #""\ude42""#, #""\ud83d\u0041""#] {
            #expect(throws: JSONError.self) { try parse(text) }
        }
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22][...]) }
    }

    @Test func nestingIsBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(60))
        #expect(throws: JSONError.self) { try parse(nested(70)) }
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 100_000)) }
    }
}
