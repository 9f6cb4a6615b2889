import Dispatch
import Testing

@testable import ZeroMQ

/// What XPUB does when one subscriber does not read: `publish` loses and says so, `send` waits.
@Suite(.timeLimit(.minutes(1))) struct SlowSubscriberTests {
    /// On inproc both sides' marks of 10 add up.
    private static let room = 20

    private static func parts(_ number: Int) -> ([UInt8], [UInt8], [UInt8]) {
        (bytes("next/a"), bytes("{\"v\":1}"), [UInt8(truncatingIfNeeded: number)])
    }

    private static func frames(_ number: Int) -> [[UInt8]] {
        let (topic, body, sequence) = parts(number)
        return [topic, body, sequence]
    }

    private func publish(_ number: Int, on xpub: borrowing Socket) throws -> PublishResult {
        let (topic, body, sequence) = Self.parts(number)
        return try xpub.publish(topic.span, body.span, sequence.span)
    }

    private func send(
        _ number: Int, on xpub: borrowing Socket, wait: Wait = .untilTimeout
    ) throws -> SendResult {
        let (topic, body, sequence) = Self.parts(number)
        return try xpub.send(topic.span, body.span, sequence.span, wait: wait)
    }

    private func subscriber(_ context: Context, _ endpoint: Endpoint) throws -> Socket {
        let sub = try Socket(.sub, in: context, options: .test(highWaterMark: 10))
        try sub.connect(endpoint)
        try sub.subscribe("")
        return sub
    }

    @Test func publishServesTheFastOneAndReportsTheSlowOnesStall() throws {
        let context = try Context()
        var options = SocketOptions.test(highWaterMark: 10)
        options.xpubVerbose = true
        let xpub = try Socket(.xpub, in: context, options: options)
        let endpoint = try xpub.bind(Endpoint("inproc://slow-and-fast"))
        let slow = try subscriber(context, endpoint)
        let fast = try subscriber(context, endpoint)
        for _ in 0..<2 { #expect(try xpub.receiveFrames() == [[1]]) }

        var poller = Poller()
        poller.add(xpub)
        for stall in 0..<3 {
            var results: [PublishResult] = []
            for number in 0..<200 {
                results.append(try publish(number, on: xpub))
                #expect(try fast.receiveFrames() == Self.frames(number), "stall \(stall)")
            }
            #expect(results.firstIndex(of: .dropped) == Self.room)
            #expect(results.count { $0 == .dropped } == 1, "libzmq reports a stall once")
            for number in 0..<Self.room {
                #expect(try slow.receiveFrames() == Self.frames(number), "stall \(stall)")
            }
            var message = Multipart(frameLimit: 1)
            #expect(try slow.receive(into: &message, wait: .never) == false)
            // A look at the socket lets it learn at once what its subscribers have read.
            try poller.wait(timeout: .zero)
        }
    }

    @Test func sendReportsAFullSubscriberEveryTime() throws {
        let context = try Context()
        var options = SocketOptions.test(highWaterMark: 10)
        options.sendTimeout = .milliseconds(30)
        let xpub = try Socket(.xpub, in: context, options: options)
        let endpoint = try xpub.bind(Endpoint("inproc://report"))
        let slow = try subscriber(context, endpoint)
        _ = try xpub.receiveFrames()
        for number in 0..<Self.room { #expect(try send(number, on: xpub) == .sent) }
        for _ in 0..<50 { #expect(try send(99, on: xpub, wait: .never) == .wouldBlock) }
        let start = ContinuousClock.now
        #expect(try send(99, on: xpub) == .wouldBlock)
        #expect(ContinuousClock.now - start >= .milliseconds(30))
        for number in 0..<Self.room { #expect(try slow.receiveFrames() == Self.frames(number)) }
        #expect(try send(100, on: xpub) == .sent)
        #expect(try slow.receiveFrames() == Self.frames(100))
    }

    @Test(arguments: ["inproc://wait", "tcp://127.0.0.1:*"])
    func sendWaitsForASlowSubscriberAndLosesNothing(transport: String) throws {
        let context = try Context()
        let xpub = try Socket(.xpub, in: context, options: .test(highWaterMark: 10))
        let endpoint = try xpub.bind(Endpoint(transport))
        let count = 2000
        let reader = Worker {
            let sub = try Socket(.sub, in: context, options: .test(highWaterMark: 10))
            try sub.connect(endpoint)
            try sub.subscribe("")
            return try (0..<count).map { _ in try sub.receiveFrames() }
        }
        #expect(try xpub.receiveFrames() == [[1]])
        var waits = 0
        for number in 0..<count where try send(number, on: xpub, wait: .never) == .wouldBlock {
            waits += 1
            #expect(try send(number, on: xpub) == .sent)
        }
        #expect(try reader.join() == (0..<count).map(Self.frames))
        #expect(waits > 0, "the queue was never full")
    }

    @Test func shutdownEndsASendThatWaits() throws {
        let context = try Context()
        let endpoint = try Endpoint("inproc://stuck")
        let isBound = DispatchSemaphore(value: 0)
        let isFull = DispatchSemaphore(value: 0)
        let writer = Worker { () throws -> ZeroMQError.Code? in
            var options = SocketOptions.test(highWaterMark: 10)
            options.sendTimeout = nil
            let xpub = try Socket(.xpub, in: context, options: options)
            try xpub.bind(endpoint)
            isBound.signal()
            #expect(try xpub.receiveFrames() == [[1]])
            while try xpub.send([1].span, wait: .never) == .sent {}
            isFull.signal()
            return #expect(throws: ZeroMQError.self) { try xpub.send([1].span) }?.code
        }
        isBound.wait()
        let sub = try subscriber(context, endpoint)
        try #require(isFull.wait(timeout: .now() + 20) == .success)
        try writer.waitUntilBlocked()
        context.shutdown()
        #expect(try writer.join() == .contextTerminated)
        #expect(sub.kind == .sub)
    }
}
