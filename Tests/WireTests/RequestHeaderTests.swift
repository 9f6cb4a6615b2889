import Names
import TestSupport
import Testing
import Wire

@Suite struct RequestHeaderTests {
    private func header(_ json: String) throws -> RequestHeader {
        try RequestHeader(json: Array(json.utf8))
    }

    @Test func everyKeyIsOptional() throws {
        #expect(try header("{}") == RequestHeader())
    }

    @Test func readsEveryKey() throws {
        let header = try header(
            #" {"op":"flush", "more":true, "seq":18446744073709551615, "producer":"süß", "time":12.5} "#
        )
        #expect(header.operation == .flush)
        #expect(header.more == true)
        #expect(header.sequence == .max)
        #expect(header.producer == "süß")
        #expect(header.time == 12.5)
    }

    /// A last message without a number would be nobody's.
    @Test(arguments: [
        #"{"last":true}"#, #"{"last":1,"seq":1}"#, #"{"time":1e400}"#, #"{"time":-1e999}"#,
    ])
    func refusesWhatCannotBe(_ json: String) {
        let refusal = #expect(throws: Refusal.self) { try header(json) }
        #expect(refusal?.code == .header)
    }

    /// One that says what a letter is and one that says how it is made are two names.
    @Test func producersAreComparedByBytes() throws {
        let names = try ["caf\u{E9}", "cafe\u{301}", "\u{212B}", "\u{C5}", "\u{10FFFF}"].map {
            try header(#"{"producer":"\#($0)"}"#).producer
        }
        #expect(Set(names).count == names.count)
        #expect(
            names.sorted().map { Array($0.utf8) }
                == names.map { Array($0.utf8) }.sorted {
                    $0.lexicographicallyPrecedes($1)
                })
    }

    @Test(arguments: Request.Operation.allCases.filter(\.isPublic))
    func readsEveryOperationThatAPublisherMayAskFor(_ operation: Request.Operation) throws {
        #expect(try header(#"{"op":"\#(operation.rawValue)"}"#).operation == operation)
    }

    @Test(arguments: Request.Operation.allCases.filter { !$0.isPublic })
    func theDaemonsOwnOperationsAreNotThePublishers(_ operation: Request.Operation) {
        #expect(throws: Refusal.self) { try header(#"{"op":"\#(operation.rawValue)"}"#) }
    }

    @Test func whatIsWrittenIsRead() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            var written = RequestHeader()
            written.operation = [.text, .end, .reset, .flush].randomElement(using: &random)!
            written.more = [nil, true, false].randomElement(using: &random)!
            written.sequence = [nil, 0, 17, .max].randomElement(using: &random)!
            written.producer = ["", "pub", "\"süß\" 👍\\"].randomElement(using: &random)!
            written.isLast = written.sequence != nil && Bool.random(using: &random)
            written.time = [nil, 0, 1e300, -1.25].randomElement(using: &random)!
            #expect(try RequestHeader(json: written.json) == written)
        }
    }

    /// Whoever sent what is refused is still told which of its messages that was.
    @Test func theNumberOfARefusedHeaderIsFound() {
        for json in [#"{"opp":1,"seq":7}"#, #"{"seq":7,"producer":3}"#, #"{"seq":7}"#] {
            #expect(RequestHeader.sequence(in: Array(json.utf8)) == 7)
        }
        for json in ["", "7", "{}", #"{"seq":-7}"#, #"{"seq":"7"}"#, #"{"seq":7,"seq":7}"#] {
            #expect(RequestHeader.sequence(in: Array(json.utf8)) == nil)
        }
    }

    @Test(
        arguments: [
            ("", "is not one JSON object"), ("[]", "JSON object"), ("17", "JSON object"),
            (#"{"op":"text",}"#, "is not one JSON object"), (#"{"op":null}"#, #""op""#),
            (#"{"more":true,"more":false}"#, "each key once"), ("\u{FEFF}{}", "is not one"),
            (#"{"op":""# + String(repeating: "x", count: 5000) + #""}"#, "over 4096"),
            ("{", "is not one JSON object"), ("{}{}", "is not one JSON object"),
            (#"{"op":"stop"}"#, #"unknown op "stop""#), (#"{"op":3}"#, #""op""#),
            (#"{"more":"yes"}"#, #""more""#), (#"{"more":1}"#, #""more""#),
            (#"{"seq":-1}"#, #""seq""#), (#"{"seq":1.5}"#, #""seq""#),
            (#"{"seq":18446744073709551616}"#, #""seq""#), (#"{"time":"now"}"#, #""time""#),
            (#"{"producer":3}"#, #""producer""#), (#"{"producer":null}"#, #""producer""#),
            (#"{"producer":"a\u0007"}"#, "control character"),
            (#"{"producer":""# + String(repeating: "é", count: 101) + #""}"#, "of 202 bytes"),
            (#"{"opp":"end"}"#, #"unknown key "opp""#),
        ])
    func refusesWhatIsNoHeader(_ json: String, _ found: String) {
        let refusal = #expect(throws: Refusal.self) { try header(json) }
        #expect(refusal?.code == .header)
        #expect(refusal?.message.contains(found) == true, "\(String(describing: refusal))")
        #expect(refusal?.message.contains("expected a JSON object") == true)
    }

    @Test func bytesAtRandomAreRefused() {
        var random = SeededRandom(seed: 5)
        for count in 0..<200 {
            let bytes = random.bytes(count)
            #expect(throws: Refusal.self) { try RequestHeader(json: bytes) }
        }
    }
}
