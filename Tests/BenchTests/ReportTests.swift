import Foundation
import Testing

@testable import Bench

@Suite struct ReportTests {
    @Test func aLineIsJSONInTheOrderOfItsKeys() throws {
        var line = JSONLine()
        line.add("text", "a \"b\"\n")
        line.add("count", 3)
        line.add("flag", true)
        line.add("rate", 12.345, digits: 1)
        line.add("whole", 12.5, digits: 0)
        line.add("none", nil, digits: 1)
        line.add("nan", .nan, digits: 1)
        #expect(
            line.description
                == #"{"text": "a \"b\"\n", "count": 3, "flag": true, "rate": 12.3, "whole": 13, "#
                + #""none": null, "nan": null}"#)
        #expect(throws: Never.self) {
            try JSONSerialization.jsonObject(with: Data(line.description.utf8))
        }
    }

    @Test func mediansAreMiddleValues() {
        #expect([3.0, 1, 2].median == 2)
        #expect([4.0, 1, 2, 3].median == 2.5)
        #expect([Double]().median.isNaN)
    }

    @Test func messagesAreWordsWithASpaceAfterEach() {
        let messages = BenchText.messages(of: "one two\n three  four\tfive", words: 2)
        #expect(
            messages.map { String(decoding: $0, as: UTF8.self) } == [
                "one two ", "three four ", "five ",
            ])
    }

    @Test func theNameOfACommandMayHoldAnything() {
        let stat = "12 (a ) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20"
        #expect(CPUTime.ticks(in: stat) == 300)
        #expect(CPUTime.ticks(in: "12 (short) S 1") == nil)
    }
}
