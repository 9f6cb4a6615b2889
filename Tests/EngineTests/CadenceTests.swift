import Engine
import RecordingSupport
import TestSupport
import Testing
import Wire

/// How often events go out, and how they are numbered.
@Suite struct CadenceTests {
    private static let cadences: [Cadence] = [
        .everyToken, .everyMessage, .everyTokens(1), .everyTokens(3), .everyTokenAndMessage, .never,
    ]

    /// Counting one by one is the reference for the formula.
    @Test(arguments: cadences)
    func dueEventsAreNumberedOneByOne(_ cadence: Cadence) {
        var random = SeededRandom(seed: 1)
        var (tokens, messages, due): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for _ in 0..<500 {
            if Int.random(in: 0..<4, using: &random) == 0 {
                messages += 1
                due += cadence.isDueAtMessageEnd ? 1 : 0
            } else {
                due += cadence.isDue(token: tokens) ? 1 : 0
                tokens += 1
            }
            #expect(cadence.dueCount(tokens: tokens, messages: messages) == due)
        }
    }

    /// Each output gets the events of its cadence, numbered without a gap; a body is the same
    /// wherever it goes.
    @Test func everyOutputHasItsOwnCadence() throws {
        var outputs: [OutputProfile] = []
        for cadence in Self.cadences {
            var profile = OutputProfile()
            profile.next = cadence == .everyTokenAndMessage ? .everyToken : cadence
            profile.sentiment = cadence
            outputs.append(profile)
        }
        let shard = try DrivenShard(TestModel.make(), outputs: outputs)
        let session = RandomSession(streams: 3, requests: 12, textBytes: 9, seed: 4)
        for input in session.interleaved(seed: 1) {
            if case .request(let request) = input, request.operation == .end { continue }
            shard.accept(input)
            shard.step()
        }
        shard.run()
        for stream in 0..<3 {
            for kind in ["next", "sentiment"] {
                let topic = "\(kind)/stream \(stream)"
                let all = shard.recording.topics[kind == "next" ? 0 : 4][topic] ?? Published()
                for (output, topics) in shard.recording.topics.enumerated() {
                    let published = topics[topic] ?? Published()
                    #expect(published.sequences == published.bodies.indices.map { UInt64($0) })
                    if Self.cadences[output] != .everyMessage || kind == "sentiment" {
                        #expect(Set(published.bodies).isSubset(of: all.bodies))
                    }
                    #expect(published.bodies.isEmpty == (Self.cadences[output] == .never))
                }
            }
        }
    }
}
