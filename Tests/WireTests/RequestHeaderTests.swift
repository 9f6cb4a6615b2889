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
            #" {"op":"flush", "more":true, "seq":18446744073709551615, "time":12.5} "#)
        #expect(header.operation == .flush)
        #expect(header.more == true)
        #expect(header.sequence == .max)
        #expect(header.time == 12.5)
    }

    @Test(arguments: Request.Operation.allCases)
    func readsTheOperationsOfPublishersAlone(_ operation: Request.Operation) throws {
        let text = #"{"op":"\#(operation.rawValue)"}"#
        if operation.isPublic {
            #expect(try header(text).operation == operation)
        } else {
            #expect(throws: Refusal.self) { try header(text) }
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
