import StrictJSON
import Testing

/// Each error names the key by its path, what was found and what was expected.
@Suite struct JSONObjectTests {
    private struct Failure: Error, Equatable {
        let path: String
        let found: String
        let expected: String
        let kind: JSONObjectError.Kind
    }

    private enum Color: String, CaseIterable { case red, green }

    private func object(
        _ json: String, ignoresNulls: Bool = false
    ) throws -> JSONObject<Failure> {
        try JSONObject(try JSONParser.parse(Array(json.utf8)[...]), ignoresNulls: ignoresNulls) {
            Failure(path: $0.path, found: $0.found, expected: $0.expected, kind: $0.kind)
        }
    }

    private func wrong(_ path: String, _ found: String, _ expected: String) -> Failure {
        Failure(path: path, found: found, expected: expected, kind: .wrongValue)
    }

    private func missing(_ path: String, _ expected: String) -> Failure {
        Failure(path: path, found: "nothing", expected: expected, kind: .missingKey)
    }

    @Test func valuesAreReadByTheirKeys() throws {
        let object = try object(
            #"{"s": "text", "b": true, "a": [1, "x"], "n": -1.50e3, "i": 255, "z": [0, 2], "c": "green"}"#
        )
        #expect(try object.string("s") == "text")
        #expect(try object.bool("b"))
        #expect(try object.array("a") == [.number("1"), .string("x")])
        #expect(try object.number("n") == "-1.50e3")
        #expect(try object.integer("i", in: UInt8.min...UInt8.max) == 255)
        #expect(try object.sizes("z") == [0, 2])
        #expect(try object.choice("c") == Color.green)
        #expect(try object.optional("s", object.string) == "text")
        #expect(try object.optional("t", object.string) == nil)
        #expect(object.has("s") && !object.has("t"))
    }

    @Test func eachKindOfWrongValueSaysWhatWasFoundAndExpected() throws {
        let object = try object(#"{"s": "text", "n": 1.0, "i": 256, "z": [0, -1], "b": null}"#)
        #expect(throws: wrong("n", "1.0", "a string")) { try object.string("n") }
        #expect(throws: wrong("b", "null", "true or false")) { try object.bool("b") }
        #expect(throws: wrong("s", #""text""#, "an array")) { try object.array("s") }
        #expect(throws: wrong("s", #""text""#, "a number")) { try object.number("s") }
        #expect(throws: wrong("i", "256", "an integer from 1 to 255")) {
            try object.integer("i", in: 1...255)
        }
        #expect(throws: wrong("n", "1.0", "an integer from 0 up")) {
            try object.integer("n", in: 0...UInt64.max)
        }
        #expect(throws: wrong("z", "[0, -1]", "an array of integers from 0 up")) {
            try object.sizes("z")
        }
        #expect(throws: wrong("s", #""text""#, "one of red, green")) {
            let _: Color = try object.choice("s")
        }
        #expect(throws: wrong("s", #""text""#, "an object")) { try object.object("s") }
        #expect(throws: missing("t", "a string")) { try object.string("t") }
        // A key that is there is read, also as optional.
        #expect(throws: wrong("n", "1.0", "a string")) {
            try object.optional("n", object.string)
        }
    }

    @Test func pathsLeadThroughObjectsAndElements() throws {
        let object = try object(#"{"a": {"b": {"c": 1}}, "list": [{"d": 2}]}"#)
        let inner = try object.object("a").object("b")
        #expect(throws: wrong("a.b.c", "1", "a string")) { try inner.string("c") }
        let element = try object.object(object.array("list")[0], at: "list[0]")
        #expect(throws: wrong("list[0].d", "2", "true or false")) { try element.bool("d") }
        #expect(throws: missing("list[0].e", "true or false")) { try element.bool("e") }
    }

    @Test func anUnknownKeyIsRefusedWithTheNearestKnownOne() throws {
        let object = try object(#"{"layers": 1, "hiden": 2}"#)
        try object.checkKeys(["layers", "hiden"])
        let known = ["layers", "hidden"]
        #expect(
            throws: Failure(
                path: "hiden", found: "2", expected: "one of layers, hidden",
                kind: .unknownKey(known: known))
        ) { try object.checkKeys(known) }
        let value = try JSONParser.parse(Array(#"{"hiden": 2}"#.utf8)[...])
        let plain = try JSONObject(value) { $0 }
        let error = #expect(throws: JSONObjectError.self) { try plain.checkKeys(known) }
        #expect(error?.nearestKey == "hidden")
    }

    @Test func nullCountsAsAbsentWhereThatIsAskedFor() throws {
        let json = #"{"a": null, "b": {"c": null}}"#
        let strict = try object(json)
        #expect(strict.has("a"))
        let lenient = try object(json, ignoresNulls: true)
        #expect(!lenient.has("a"))
        #expect(try !lenient.object("b").has("c"))
        try lenient.checkKeys(["b"])
    }

    @Test func whatIsNoObjectIsRefused() {
        for (json, found) in [("[1]", "[1]"), ("7", "7"), ("null", "null")] {
            #expect(throws: wrong("", found, "an object")) { try object(json) }
        }
    }
}
