import Names
import Testing
import Wire

@Suite struct EventFramesTests {
    @Test func topicsAndBodiesKeepTheirBounds() throws {
        var frames = EventFrames()
        #expect(frames.isEmpty)
        for (index, kind) in EventKind.allCases.enumerated() {
            let body = Array("body \(index)".utf8)
            frames.append(
                kind, stream: Array("s\(index)".utf8), body: body[...], sequence: UInt64(index))
        }
        for (index, entry) in frames.entries.enumerated() {
            let kind = EventKind.allCases[index]
            let topic = try #require(Topic(bytes: frames.topic(of: entry)))
            #expect(topic == Topic(kind, stream: "s\(index)"))
            #expect(frames.topic(of: entry).starts(with: kind.topicPrefix))
            #expect(String(decoding: frames.body(of: entry), as: UTF8.self) == "body \(index)")
            #expect(entry.sequence == UInt64(index))
        }
    }

    @Test(arguments: ["", "next", "later/a", "next\u{0}/"])
    func refusesWhatIsNoTopic(_ topic: String) {
        #expect(Topic(bytes: Array(topic.utf8)) == nil)
    }
}
