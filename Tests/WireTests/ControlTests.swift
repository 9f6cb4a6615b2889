import TestSupport
import Testing
import Wire

@Suite struct ControlTests {
    private func request(_ json: String) throws -> ControlRequest {
        try ControlRequest(json: Array(json.utf8))
    }

    @Test func whatIsWrittenIsRead() throws {
        let stream = try StreamID("\"süß\" 👍\\")
        var list = ControlList()
        (list.prefix, list.after, list.limit, list.includesEnded) = ("news/", "news/ä", 7, true)
        let place = ControlPosition(stream, incarnation: 3, output: 2)
        var backfill = ControlBackfill(place, ranges: [.next: 3..<9, .error: 0..<UInt64.max])
        backfill.limit = 17
        let operations: [ControlRequest.Operation] = [
            .status, .list(ControlList()), .list(list), .show(stream), .get(stream),
            .put(as: nil, replace: false), .put(as: stream, replace: true), .reset(stream),
            .end(stream), .flush(stream), .position(place), .position(ControlPosition(stream)),
            .backfill(backfill), .backfill(ControlBackfill(place, ranges: [:])),
            .evict(stream), .checkpoint, .connections, .kick(17),
            .drain, .lameDuck(seconds: 0), .lameDuck(seconds: 86_400), .reload, .logLevel(.debug),
        ]
        for operation in operations {
            for id in [nil, 0, UInt64.max] {
                let request = ControlRequest(operation, id: id)
                #expect(try ControlRequest(json: request.json) == request)
                #expect(ControlRequest.id(in: request.json) == id)
            }
        }
    }

    @Test(
        arguments: [
            (#""#, "one JSON object"), (#"[]"#, "one JSON object"), (#"{}"#, "no \"op\""),
            (#"{"op":1}"#, "expected a string"), (#"{"op":"got"}"#, "unknown op \"got\""),
            (#"{"op":"get"}"#, "no \"stream\""), (#"{"op":"get","stream":""}"#, "is empty"),
            (#"{"op":"get","stream":7}"#, "expected a string"),
            (#"{"op":"get","stream":"a","streem":"b"}"#, "unknown key \"streem\""),
            (#"{"op":"status","stream":"a"}"#, "unknown key \"stream\""),
            (#"{"op":"put","stream":"a"}"#, "unknown key \"stream\""),
            (#"{"op":"put","replace":1}"#, "true or false"),
            (#"{"op":"list","limit":0}"#, "from 1 to 1000"),
            (#"{"op":"list","limit":1001}"#, "from 1 to 1000"),
            (#"{"op":"list","limit":1.5}"#, "from 1 to 1000"),
            (#"{"op":"status","id":-1}"#, "from 0"), (#"{"op":"status","op":"list"}"#, "each key"),
            (#"{"op":"evict"}"#, "no \"stream\""), (#"{"op":"kick"}"#, "no \"connection\""),
            (#"{"op":"kick","connection":-1}"#, "from 0"),
            (#"{"op":"lame_duck","seconds":86401}"#, "from 0 to 86400"),
            (#"{"op":"log_level"}"#, "no \"level\""),
            (#"{"op":"log_level","level":"loud"}"#, "unknown level \"loud\""),
            (#"{"op":"status"} x"#, "one JSON object"),
            (#"{"op":"position","stream":"a","life":-1}"#, "from 0"),
            (#"{"op":"backfill","stream":"a"}"#, "ranges"),
            (#"{"op":"backfill","stream":"a","ranges":{"nxt":[0,1]}}"#, "nxt"),
            (#"{"op":"backfill","stream":"a","ranges":{"next":[2,1]}}"#, "[from, to]"),
            (#"{"op":"backfill","stream":"a","ranges":{"next":[1]}}"#, "[from, to]"),
        ])
    func whatIsNoRequestIsRefused(json: String, words: String) throws {
        let refusal = #expect(throws: ControlRefusal.self) { try request(json) }
        #expect(refusal?.reason.contains(words) == true, "\(refusal?.reason ?? "")")
    }

    @Test func aRequestThatIsTooLongIsNotLookedAt() {
        let long = #"{"op":"get","stream":"\#(String(repeating: "a", count: 5000))"}"#
        #expect(throws: ControlRefusal.self) { try request(long) }
    }

    @Test func randomBytesAreRefused() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<500 {
            let bytes = random.bytes(Int.random(in: 0...60, using: &random))
            #expect(throws: ControlRefusal.self) { try ControlRequest(json: bytes) }
        }
    }

    // MARK: Answers

    @Test func anAnswerIsRead() throws {
        let answer = Answer(stream: "a\u{1}\"", lastInput: 1.5, tokens: .max)
        let written = ControlReply(
            id: 7, .success(try answer.controlJSON()), payload: [[0, 255]])
        let read = try ControlReply(frames: written.frames)
        #expect(read.id == 7 && read.payload == [[0, 255]])
        #expect(try read.result(as: Answer.self) == answer)
    }

    @Test func aRefusalIsRead() throws {
        let refusal = ControlRefusal("busy", "too \"much\"\n")
        let read = try ControlReply(frames: ControlReply(id: nil, .failure(refusal)).frames)
        #expect(read.id == nil && read.payload.isEmpty)
        #expect(throws: refusal) { try read.result(as: Answer.self) }
    }

    @Test(
        arguments: [
            [], [""], ["{}"], [#"{"v":2,"id":null,"ok":true,"result":{}}"#],
            [#"{"v":1,"id":null,"ok":false}"#], [#"{"v":1,"ack":"accepted","seq":null}"#],
        ])
    func whatIsNoAnswerIsRefused(frames: [String]) {
        #expect(throws: MalformedControlReply.self) {
            try ControlReply(frames: frames.map { Array($0.utf8) })
        }
    }

    @Test func aResultOfAnotherKindIsRefused() throws {
        let reply = try ControlReply(
            frames: [Array(#"{"v":1,"id":1,"ok":true,"result":{"a":1}}"#.utf8)])
        #expect(throws: MalformedControlReply.self) { try reply.result(as: Answer.self) }
    }
}

private struct Answer: Codable, Equatable {
    let stream: String
    let lastInput: Double?
    let tokens: UInt64
}
