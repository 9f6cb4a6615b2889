import Curve
import Daemon
import Foundation
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Limits on messages, with libzmq's clients and keys. Rates are so low, or bursts so large, that no time
/// passing in a test matters.
@Suite struct LimitTests {
    private let alice = CurveKeyPair()
    private let bob = CurveKeyPair()

    private func key(
        _ name: String, _ pair: CurveKeyPair, _ rights: [AccessRight] = [.publish],
        _ change: (inout KeyLimitChanges) -> Void = { _ in }
    ) -> AccessKey {
        var limits = KeyLimitChanges()
        change(&limits)
        return AccessKey(name: name, publicKey: pair.publicKey, rights: rights, limits: limits)
    }

    /// A message's answer: nil for `accepted`.
    private func ask(
        _ dealer: borrowing Socket, _ stream: String, _ header: String = "{}"
    ) throws -> Refusal? {
        try dealer.send(stream, "text", header)
        let answer = try ReceivedAcknowledgement(frames: dealer.receiveFrames())
        if case .refused(let refusal) = answer.result { return refusal }
        #expect(answer.result == .accepted)
        return nil
    }

    @Test func twoConnectionsOfAKeyShareItsRate() throws {
        let locked = try LockedDaemon([
            key("alice", alice) { ($0.messagesPerSecond, $0.messageBurst) = (1, 4) },
            key("bob", bob),
        ])
        let first = try locked.connect(.dealer, to: .router, alice)
        let second = try locked.connect(.dealer, to: .router, alice)
        let modest = try locked.connect(.dealer, to: .router, bob)
        var refusals: [Refusal] = []
        for index in 0..<6 {
            let refusal =
                index % 2 == 0 ? try ask(first, "a\(index)") : try ask(second, "a\(index)")
            if let refusal { refusals.append(refusal) }
            #expect(try ask(modest, "b\(index)") == nil)
        }
        // In less than a second; a machine that is slower than that lets one more through.
        #expect((1...2).contains(refusals.count))
        let refusal = try #require(refusals.last)
        #expect(refusal.code == .rateLimited && refusal.message.contains("'alice'"))
        #expect((1...1000).contains(refusal.retryAfter ?? 0))
        #expect(locked.count("limited.key_messages") == refusals.count)
        let line = try #require(locked.logged("messages a second").first)
        #expect(line.metadata["key"] == "alice" && line.metadata["limit"] == "key_messages")
        #expect(line.metadata["peer"]?.hasPrefix("127.0.0.1:") == true)
        // No trace: neither an event nor a stream.
        #expect(locked.count("refused.rate_limited") == 0)
        #expect(locked.count("requests") == 12 - refusals.count)
    }

    /// PUSH gets no answers, and is never held up.
    @Test func whatCannotBeAnsweredIsCountedAndOthersAreRead() throws {
        let locked = try LockedDaemon([
            key("alice", alice) { ($0.messagesPerSecond, $0.messageBurst) = (1, 10) },
            key("bob", bob, [.publish, .subscribe]),
        ])
        let watcher = try locked.connect(.pull, to: .push, bob)
        let greedy = try locked.connect(.push, to: .pull, alice)
        let modest = try locked.connect(.push, to: .pull, bob)
        for index in 0..<2000 {
            try greedy.send("greedy", "x")
            if index % 100 == 0 { try modest.send("modest", "x") }
        }
        try modest.send("modest", "", #"{"op":"end"}"#)
        var ends = 0
        while ends == 0 {
            let event = try watcher.receiveEvent()
            if event.topic == "stream/modest", event.body.contains("\"ended\"") { ends += 1 }
        }
        let deadline = ContinuousClock.now + patience
        while locked.count("limited.key_messages") + locked.count("requests") < 2021 {
            let isInTime = ContinuousClock.now < deadline
            try #require(isInTime)
        }
        #expect(locked.count("limited.key_messages") > 1900)
        #expect(locked.count("requests") >= 31)
        // Few lines, whatever the number of messages.
        #expect(locked.logged("messages a second").count <= 50)
    }

    @Test func aConnectionHasItsOwnRateAndAReloadChangesIt() throws {
        let locked = try LockedDaemon([key("alice", alice)]) {
            $0.limits.connection.messagesPerSecond = 1
        }
        let first = try locked.connect(.dealer, to: .router, alice)
        let second = try locked.connect(.dealer, to: .router, alice)
        #expect(try ask(first, "a") == nil && ask(second, "a") == nil)
        #expect(try ask(first, "a")?.code == .rateLimited)
        try locked.reload { $0.limits.connection.messagesPerSecond = 1_000_000 }
        for _ in 0..<5 { #expect(try ask(first, "a") == nil) }
        try locked.reload { $0.limits.connection.messagesPerSecond = .max }
        #expect(try ask(second, "a") == nil)
    }

    /// A publisher may have later numbers on their way.
    @Test func aRefusedNumberIsAwaitedAlsoWhenTheLimitIsGone() throws {
        let locked = try LockedDaemon([key("alice", alice)]) {
            $0.limits.connection.messagesPerSecond = 1
        }
        let dealer = try locked.connect(.dealer, to: .router, alice)
        #expect(try ask(dealer, "a", #"{"seq":1}"#) == nil)
        #expect(try ask(dealer, "a", #"{"seq":2}"#)?.code == .rateLimited)
        try locked.reload { $0.limits.connection.messagesPerSecond = .max }
        #expect(try ask(dealer, "a", #"{"seq":3}"#)?.code == .rateLimited)
        for number in 2...4 { #expect(try ask(dealer, "a", "{\"seq\":\(number)}") == nil) }
        #expect(locked.count("limited.order") == 1)
    }

    @Test func streamsAndProducersAreBounded() throws {
        let locked = try LockedDaemon([key("alice", alice) { $0.streams = 2 }]) {
            var stream = StreamLimits()
            (stream.prefix, stream.producers) = ("a", 1)
            $0.limits.streams = [stream]
        }
        let dealer = try locked.connect(.dealer, to: .router, alice)
        #expect(try ask(dealer, "a", #"{"seq":1,"producer":"p"}"#) == nil)
        #expect(
            try ask(dealer, "a", #"{"seq":1,"producer":"q"}"#)?.code == .tooManyProducers)
        #expect(try ask(dealer, "b") == nil)
        let refusal = try #require(try ask(dealer, "c"))
        #expect(refusal.code == .tooManyStreams && refusal.retryAfter == nil)
        // The end of one makes room for another, once it is read.
        try dealer.send("b", "", #"{"op":"end"}"#)
        _ = try dealer.receiveFrames()
        let deadline = ContinuousClock.now + patience
        while try ask(dealer, "c") != nil {
            let isInTime = ContinuousClock.now < deadline
            try #require(isInTime, "the end of a stream made no room")
        }
        #expect(locked.count("limited.key_streams") >= 1)
        #expect(locked.count("limited.stream_producers") == 1)
    }

    @Test func aReloadedListHasTheNewLimitsOfAKey() throws {
        let locked = try LockedDaemon([key("alice", alice)]) { $0.limits.key.textBytes = 3 }
        let dealer = try locked.connect(.dealer, to: .router, alice)
        #expect(try ask(dealer, "a")?.code == .textTooLarge)
        try locked.reload { $0.limits.key.textBytes = 4 }
        #expect(try ask(dealer, "a") == nil)
        // The connection has stayed.
        #expect(locked.count("closed.revoked") == 0)
    }
}
