import Curve
import Engine
import Names
import TestSupport
import Testing
import Wire

@testable import Daemon

/// What is taken in, without sockets. Times are in milliseconds.
@Suite struct IntakeLimiterTests {
    private func limiter(_ change: (inout Configuration.Limits) -> Void) -> IntakeLimiter {
        var limits = Configuration().limits
        change(&limits)
        return IntakeLimiter(IntakeRules(limits))
    }

    private func key(
        _ name: String, _ change: (inout KeyLimitChanges) -> Void = { _ in }
    ) -> AccessKey {
        var limits = KeyLimitChanges()
        change(&limits)
        return AccessKey(
            name: name, publicKey: CurveKeyPair().publicKey, rights: [.publish], limits: limits)
    }

    private func message(
        _ stream: String, _ text: String = "text", number: UInt64? = nil, producer: String = "",
        isLast: Bool = false, operation: Request.Operation = .text, key: AccessKey? = nil,
        bytes: Int = 1
    ) throws -> IntakeMessage {
        var request = Request(
            stream: try StreamID(stream), operation: operation, text: Array(text.utf8),
            producer: Name(producer), producerSequence: number,
            replyTo: number == nil ? nil : .caller)
        request.isLast = isLast
        return IntakeMessage(
            input: .request(request), bytes: bytes, connection: nil, key: key, index: 0)
    }

    private func limit(
        _ message: IntakeMessage, _ limiter: inout IntakeLimiter, at time: Int64 = 0
    ) -> IntakeLimit? {
        limiter.refusal(of: message, now: time * 1_000_000)?.limit
    }

    @Test func streamsHaveTheRatesOfTheirLongestPrefix() throws {
        var limiter = limiter { limits in
            var (all, news) = (StreamLimits(), StreamLimits())
            all.rates.messagesPerSecond = 1
            (news.prefix, news.textBytes) = ("news.", 4)
            limits.streams = [all, news]
        }
        for _ in 0..<3 { #expect(try limit(message("news.1"), &limiter) == nil) }
        #expect(try limit(message("news.1", "longer"), &limiter) == .streamText)
        #expect(try limit(message("other"), &limiter) == nil)
        #expect(try limit(message("other"), &limiter) == .streamMessages)
        #expect(try limit(message("another"), &limiter) == nil)
        #expect(try limit(message("other"), &limiter, at: 1000) == nil)
    }

    @Test func aKeyHasOneRateInAllItsStreamsAndItsOwnLimitsCount() throws {
        var limiter = limiter { $0.key.rates.bytesPerSecond = 100 }
        let (alice, bob) = (key("alice"), key("bob") { $0.bytesPerSecond = 1000 })
        #expect(try limit(message("a", key: alice, bytes: 60), &limiter) == nil)
        let refusal = limiter.refusal(of: try message("b", key: alice, bytes: 60), now: 0)
        #expect(refusal?.limit == .keyBytes && refusal?.retryAfter == 200)
        #expect(try limit(message("b", key: bob, bytes: 600), &limiter) == nil)
        #expect(try limit(message("b", bytes: 5000), &limiter) == nil)
        // It would never fit, so nobody is told to wait.
        let large = limiter.refusal(of: try message("a", key: alice, bytes: 101), now: 0)
        #expect(large?.retryAfter == nil)
        let text = large?.refusal(of: try message("a", key: alice), endpoint: "here")
        #expect(text?.code == .textTooLarge && text?.message.contains("at most 100") == true)
    }

    @Test func streamsInUseAreCountedByKeyAndInAll() throws {
        var limiter = limiter { limits in
            limits.streamsInUse = 3
            limits.key.streams = 2
        }
        let (alice, bob) = (key("alice"), key("bob") { $0.streams = .max })
        for stream in ["a", "b", "a"] {
            #expect(try limit(message(stream, key: alice), &limiter) == nil)
        }
        #expect(try limit(message("c", key: alice), &limiter) == .keyStreams)
        #expect(try limit(message("c", key: bob), &limiter) == nil)
        #expect(try limit(message("d", key: bob), &limiter) == .streams)
        // It ends, and is used again before it has: so it is in use.
        #expect(try limit(message("a", "", operation: .end, key: alice), &limiter) == nil)
        #expect(try limit(message("a", key: alice), &limiter) == nil)
        limiter.noteEnd(of: try StreamID("a"))
        #expect(try limit(message("d", key: alice), &limiter) == .keyStreams)
        #expect(try limit(message("a", "", operation: .end, key: alice), &limiter) == nil)
        limiter.noteEnd(of: try StreamID("a"))
        #expect(try limit(message("d", key: alice), &limiter) == nil)
        #expect(try limit(message("e", key: bob), &limiter, at: 3_600_001) == nil)
    }

    @Test func producersInUseAreCountedByKeyAndByStream() throws {
        var limiter = limiter { limits in
            limits.key.producers = 2
            var stream = StreamLimits()
            (stream.prefix, stream.producers) = ("one.", 1)
            limits.streams = [stream]
        }
        let alice = key("alice")
        func from(_ producer: String, _ stream: String, isLast: Bool = false) throws
            -> IntakeLimit?
        {
            limit(
                try message(
                    stream, number: 1, producer: producer, isLast: isLast, key: alice), &limiter)
        }
        #expect(try from("p", "one.a") == nil)
        #expect(try from("q", "one.a") == .streamProducers)
        #expect(try from("q", "two.a") == nil)
        #expect(try from("r", "two.a") == .keyProducers)
        #expect(try from("p", "one.a", isLast: true) == nil)
        #expect(try from("r", "one.a") == nil)
    }

    /// A producer that has many messages on their way, and a rate: each number is accepted once, in
    /// order, whatever comes when.
    @Test(arguments: UInt64(0)..<20) func noNumberIsOvertaken(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var limiter = limiter { limits in
            limits.connection.messagesPerSecond = 1000
            var stream = StreamLimits()
            (stream.rates.messagesPerSecond, stream.rates.messageBurst) = (100, 5)
            limits.streams = [stream]
        }
        var accepted: [UInt64] = []
        // Each round sends again all that was not accepted, as a publisher's window does.
        var time: Int64 = 0
        var next: UInt64 = 0
        while next < 100 {
            for number in next..<min(next + 20, 100) {
                time += Int64.random(in: 0...3, using: &random)
                let refused = limit(try message("s", number: number), &limiter, at: time)
                if refused == nil { accepted.append(number) }
            }
            next = (accepted.last ?? 0) + (accepted.isEmpty ? 0 : 1)
        }
        #expect(accepted == Array(0..<100))
    }

    @Test func laterNumbersWaitForOneThatWasRefused() throws {
        var limiter = limiter { limits in
            var stream = StreamLimits()
            (stream.rates.messagesPerSecond, stream.rates.messageBurst) = (10, 1)
            limits.streams = [stream]
        }
        #expect(try limit(message("s", number: 1), &limiter) == nil)
        #expect(try limit(message("s", number: 2), &limiter) == .streamMessages)
        // There is room again, but this is not its turn.
        let later = limiter.refusal(of: try message("s", number: 3), now: 1_000_000_000)
        #expect(later?.limit == .order && later?.most == 2 && later?.retryAfter == 1)
        #expect(try limit(message("s", number: 2), &limiter, at: 1000) == nil)
        #expect(try limit(message("s", number: 3), &limiter, at: 2000) == nil)
        // Another producer waits for nobody, and neither does one that has said that it sends no more.
        #expect(try limit(message("s", number: 4, isLast: true), &limiter, at: 2000) != nil)
        #expect(try limit(message("s", number: 5), &limiter, at: 3000) == nil)
    }

    @Test func senderTablesAreBounded() throws {
        var awaited = AwaitedNumbers()
        let stream = try StreamID("s")
        func producer(_ index: Int) -> AwaitedNumbers.Producer {
            .init(stream: stream, name: Name("\(index)"))
        }
        let (greedy, modest) = (AwaitedNumbers.Sender.key("greedy"), AwaitedNumbers.Sender.key("b"))
        awaited.note(7, producer(0), of: modest, due: 0, now: 0)
        for index in 0...AwaitedNumbers.mostProducers {
            awaited.note(1, producer(index), of: greedy, due: Int64(index), now: 1)
        }
        #expect(awaited.awaited(producer(0), of: greedy) == nil)
        let last = producer(AwaitedNumbers.mostProducers)
        #expect(awaited.awaited(last, of: greedy)?.number == 1)
        #expect(awaited.awaited(producer(0), of: modest)?.number == 7)
        awaited.end(7, producer(0), of: modest)
        #expect(awaited.awaited(producer(0), of: modest) == nil)
        for index in 0..<AwaitedNumbers.mostSenders {
            awaited.note(
                1, producer(0), of: .connection(UInt64(index)), due: 0, now: Int64(index + 2))
        }
        #expect(awaited.awaited(last, of: greedy) == nil)
    }

    @Test func aReloadChangesTheRateOfWhoHasSent() throws {
        var limits = Configuration().limits
        var stream = StreamLimits()
        stream.rates.messagesPerSecond = 1
        limits.streams = [stream]
        var limiter = IntakeLimiter(IntakeRules(limits))
        #expect(try limit(message("s"), &limiter) == nil)
        #expect(try limit(message("s"), &limiter) == .streamMessages)
        limits.streams[0].rates.messagesPerSecond = 3
        limiter.rules = IntakeRules(limits)
        #expect(try limit(message("s"), &limiter) == nil)
        limits.streams = []
        limiter.rules = IntakeRules(limits)
        for _ in 0..<10 { #expect(try limit(message("s"), &limiter) == nil) }
    }
}
