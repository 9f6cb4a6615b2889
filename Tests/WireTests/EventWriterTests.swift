import FoundationEssentials
import TestSupport
import Testing
import Wire

/// What the writer writes is read back by an independent JSON decoder as the same event.
@Suite struct EventWriterTests {
    private let tokens: [[UInt8]] = [
        Array(" movie".utf8), Array("\"\\\n\t\u{1}\u{7F}/".utf8), [0xE2], [0xE2, 0x82],
        Array("é☂👩‍🚀".utf8), [], [0xFF, 0x41],
    ]
    private var fragments: TokenFragments {
        TokenFragments(count: tokens.count) { tokens[Int($0)] }
    }

    private func written(
        _ kind: EventKind, _ place: EventPlace, _ write: (inout EventWriter, EventPlace) -> Void
    ) throws -> Event {
        var writer = EventWriter(model: "0123456789abcdef")
        write(&writer, place)
        return try Event(kind: kind, body: writer.bytes)
    }

    private func place(_ random: inout SeededRandom) -> EventPlace {
        let names = ["a", "q\"uote\\", "naïve ☂", "e\u{301}"]
        let start = UInt64.random(in: 0...(1 << 50), using: &random)
        return EventPlace(
            stream: Array(names.randomElement(using: &random)!.utf8),
            epoch: random.next() >> 1, token: Bool.random(using: &random) ? nil : start,
            offset: start..<(start + UInt64.random(in: 0...9, using: &random)))
    }

    private func expectSame(_ context: EventContext, as place: EventPlace) {
        #expect(Array(context.stream.utf8) == place.stream)
        #expect(context.epoch == place.epoch)
        #expect(context.token == place.token)
        #expect(context.offset == place.offset)
        #expect(context.model == "0123456789abcdef")
    }

    @Test func predictionsComeBack() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<300 {
            let place = place(&random)
            let ids = (0..<5).map { _ in Int32.random(in: 0..<7, using: &random) }
            let probabilities = ids.map { _ in
                Float(bitPattern: UInt32.random(in: 0...0x3F80_0000, using: &random))
            }
            let surprisal =
                Bool.random(using: &random) ? nil : Float.random(in: 0...40, using: &random)
            let event = try written(.next, place) {
                $0.writeNext(
                    $1, token: ids[0], surprisal: surprisal, topIDs: ids.span,
                    topProbabilities: probabilities.span, fragments: fragments)
            }
            expectSame(event.context, as: place)
            guard case .next(let prediction) = event.payload else {
                Issue.record("\(event) is no prediction")
                continue
            }
            #expect(prediction.surprisal == surprisal)
            #expect(prediction.id == ids[0])
            #expect(prediction.top.map(\.id) == ids)
            #expect(prediction.top.map(\.probability.bitPattern) == probabilities.map(\.bitPattern))
            for candidate in prediction.top {
                let token = tokens[Int(candidate.id)]
                #expect(candidate.text == String(decoding: token, as: UTF8.self))
                #expect(candidate.bytes ?? Array(candidate.text.utf8) == token)
            }
        }
    }

    @Test func sentimentsComeBack() throws {
        var random = SeededRandom(seed: 2)
        for scope in [Sentiment.Scope.token, .message] {
            let sentiment = Sentiment(
                scope: scope, score: Float.random(in: -1...1, using: &random), positive: 1e-20,
                message: .max)
            let place = place(&random)
            let event = try written(.sentiment, place) { $0.writeSentiment($1, sentiment) }
            expectSame(event.context, as: place)
            #expect(event.payload == .sentiment(sentiment))
        }
    }

    @Test func changesAndErrorsComeBack() throws {
        var random = SeededRandom(seed: 3)
        for change in [StreamChange.started, .reset, .ended] {
            let event = try written(.stream, place(&random)) { $0.writeStream($1, change) }
            #expect(event.payload == .stream(change))
        }
        for code in Refusal.Code.allCases {
            let refusal = Refusal(code, "a \"reason\"\n", endpoint: "ipc:///tmp/\u{1}x")
            let event = try written(.error, place(&random)) { $0.writeError($1, refusal) }
            #expect(event.payload == .error(refusal))
        }
    }

    @Test func numbersAreTheShortestThatReadBack() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<1000 {
            let number = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            var bytes: [UInt8] = []
            bytes.appendJSON(number)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(number.isFinite ? Float(text) == number : text == "null")
            bytes = []
            let integer = random.next() >> UInt64.random(in: 0...63, using: &random)
            bytes.appendJSON(integer)
            #expect(UInt64(String(decoding: bytes, as: UTF8.self)) == integer)
        }
    }
}
