import TestSupport
import Testing

@testable import ZeroMQ

/// A key sees the topics that it asked for and may see: all of them, and no other.
@Suite struct TopicNarrowingTests {
    /// Few letters, so that texts often begin alike.
    private func text(_ random: inout SeededRandom, atMost count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &random)).map { _ in
            [UInt8](bytes("ab/")).randomElement(using: &random) ?? 0
        }
    }

    private func begins(_ topic: [UInt8], _ prefixes: some Sequence<[UInt8]>) -> Bool {
        prefixes.contains { topic.starts(with: $0) }
    }

    @Test func aSubscriptionIsCutToWhatIsAllowed() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<2000 {
            let allowed = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                text(&random, atMost: 4)
            }
            let asked = text(&random, atMost: 4)
            let narrowed = TopicNarrowing.narrowed(asked, to: allowed)
            for _ in 0..<20 {
                let topic = text(&random, atMost: 7)
                let expected = topic.starts(with: asked) && begins(topic, allowed)
                #expect(begins(topic, narrowed) == expected, "\(asked) \(allowed) \(topic)")
            }
            for one in narrowed {
                #expect(!narrowed.contains { $0 != one && one.starts(with: $0) }, "\(narrowed)")
            }
        }
    }

    @Test(arguments: [
        ("", ["next/a", "error/a"]), ("next/", ["next/a"]), ("next/a", ["next/a"]),
        ("next/abc", ["next/abc"]), ("next/b", []), ("sentiment/", []), ("n", ["next/a"]),
    ])
    func subscriptionsWiderNarrowerAndDisjoint(_ asked: String, _ expected: [String]) {
        let allowed = [bytes("next/a"), bytes("error/a")]
        #expect(
            Set(TopicNarrowing.narrowed(bytes(asked), to: allowed)) == Set(expected.map(bytes)))
    }

    /// What libzmq has been sent is always what the subscriptions in force and the key have in common,
    /// in whatever order they come and go.
    @Test func subscriptionsComeAndGo() {
        var random = SeededRandom(seed: 12)
        for _ in 0..<100 {
            let allowed = (0...Int.random(in: 0...3, using: &random)).map { _ in
                text(&random, atMost: 3)
            }
            var narrowing = TopicNarrowing(allowed)
            var asked: Set<[UInt8]> = []
            var sent: Set<[UInt8]> = []
            for _ in 0..<60 {
                let topic = text(&random, atMost: 3)
                let isSubscribe = Bool.random(using: &random)
                let change = ZMTPMeter.Change(isSubscribe: isSubscribe, topic: topic)
                for changed in narrowing.apply(change).topics {
                    // libzmq counts none twice.
                    if isSubscribe {
                        #expect(sent.insert(changed).inserted)
                    } else {
                        #expect(sent.remove(changed) != nil)
                    }
                }
                if isSubscribe { asked.insert(topic) } else { asked.remove(topic) }
                let probe = text(&random, atMost: 5)
                #expect(
                    begins(probe, sent) == (begins(probe, asked) && begins(probe, allowed)),
                    "\(probe): \(sent) of \(asked) in \(allowed)")
            }
        }
    }
}
