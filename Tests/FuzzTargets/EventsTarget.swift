import Wire

/// Bodies of events, as a subscriber reads them: what can be written again reads back equal.
///
///     kind u8 | body
enum EventsTarget {
    static let target = FuzzTarget("events", seeds: seeds) { check }

    private static let kinds: [EventKind] = [.next, .sentiment, .stream, .error]

    private static func check(_ bytes: [UInt8]) throws {
        var input = FuzzInput(bytes)
        let kind = kinds[input.number(below: kinds.count)]
        guard let event = try? Event(kind: kind, body: input.all()) else { return }
        var writer = EventWriter(model: event.context.model)
        let place = EventPlace(
            stream: Array(event.context.stream.utf8), epoch: event.context.epoch,
            token: event.context.token, offset: event.context.offset)
        switch event.payload {
        case .next: return
        case .sentiment(let sentiment): writer.writeSentiment(place, sentiment)
        case .stream(let change): writer.writeStream(place, change)
        case .error(let refusal): writer.writeError(place, refusal)
        }
        try requireEqual(try Event(kind: kind, body: writer.bytes), event, "written and read")
    }

    private static func seeds() -> [[UInt8]] {
        let place =
            #"{"v":1,"stream":"news","epoch":2,"token":7,"offset":[3,9],"model":"0123456789abcdef""#
        let next =
            #","id":478,"text":" movie","surprisal":3.25,"top":[{"id":1,"text":"\ufffd","#
            + #""bytes":"e2","p":0.5}]}"#
        return [
            [0] + (place + next).utf8,
            [1] + (place + #","scope":"message","score":-0.5,"positive":0.25,"message":3}"#).utf8,
            [2] + (place + #","change":"evicted"}"#).utf8,
            [3] + (place + #","code":"header","reason":"x","endpoint":"tcp://*:1"}"#).utf8,
        ]
    }
}
