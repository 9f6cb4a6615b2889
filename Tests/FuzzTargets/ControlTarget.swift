import Wire

/// Control requests, and the answers to them and to messages.
enum ControlTarget {
    static let target = FuzzTarget("control", seeds: seeds) { check }

    private static func check(_ bytes: [UInt8]) throws {
        do {
            let request = try ControlRequest(json: bytes)
            try requireEqual(ControlRequest.id(in: bytes), request.id, "the id")
            // Escapes can be written shorter than they are written here.
            guard request.json.count <= ControlRequest.longest else { return }
            try requireEqual(try ControlRequest(json: request.json), request, "written and read")
        } catch let refusal as ControlRefusal {
            try require(
                refusal.reason.utf8.count < 2000, "a reason of \(refusal.reason.utf8.count)")
            let reply = ControlReply(id: ControlRequest.id(in: bytes), .failure(refusal))
            let received = try ControlReply(frames: reply.frames)
            try requireEqual(received.id, reply.id, "the answer's id")
            try require(isSame(received, refusal), "the answer's refusal")
        }
        try checkAnswers(bytes)
    }

    private static func isSame(_ reply: ControlReply, _ refusal: ControlRefusal) -> Bool {
        if case .failure(let found) = reply.outcome { found == refusal } else { false }
    }

    /// A client gets them from anyone.
    private static func checkAnswers(_ bytes: [UInt8]) throws {
        if let reply = try? ControlReply(frames: [bytes]) {
            _ = try? reply.result(as: [String: String].self)
        }
        guard let answer = try? ReceivedAcknowledgement(frames: [[], bytes]) else { return }
        let again = Acknowledgement(
            replyTo: .caller, stream: nil, producerSequence: answer.sequence,
            result: answer.result)
        try requireEqual(
            try ReceivedAcknowledgement(frames: again.frames), answer, "an acknowledgement again")
    }

    private static func seeds() -> [[UInt8]] {
        [
            #"{"op":"status"}"#, #"{"op":"show","stream":"news","id":7}"#,
            #"{"op":"get","stream":"news"}"#, #"{"op":"put","as":"news","replace":true}"#,
            #"{"op":"list","prefix":"a","after":"ab","limit":1000,"ended":true}"#,
            #"{"op":"reset","stream":"n"}"#, #"{"op":"end","stream":"n"}"#,
            #"{"op":"flush","stream":"n"}"#, #"{"v":1,"id":7,"ok":true,"result":{"a":"b"}}"#,
            #"{"v":1,"id":null,"ok":false,"code":"no_such_stream","reason":"x"}"#,
            #"{"v":1,"ack":"accepted","seq":17}"#, #"{"v":1,"ack":"duplicate","seq":null}"#,
            #"{"v":1,"ack":"refused","seq":1,"code":"header","reason":"the header is bad"}"#,
        ].map { Array($0.utf8) }
    }
}
