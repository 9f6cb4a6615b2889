import Testing
import Threads

@testable import ZeroMQ

@Suite(.timeLimit(.minutes(1))) struct PollerTests {
    @Test func findsTheReadySocketsOnly() throws {
        let context = try Context()
        let first = try Socket(.pull, in: context, options: .test())
        let second = try Socket(.pull, in: context, options: .test())
        try first.bind(Endpoint("inproc://first"))
        let endpoint = try second.bind(loopback())
        let push = try Socket(.push, in: context, options: .test())
        try push.connect(endpoint)
        var poller = Poller()
        let one = poller.add(first)
        let two = poller.add(second)
        #expect(try poller.wait(timeout: .zero) == 0)
        for _ in 0..<3 { #expect(try push.send([1].span) == .sent) }
        for _ in 0..<3 {
            #expect(try poller.wait(timeout: patience) == 1)
            #expect(poller.isReadable(two) == true)
            #expect(poller.isReadable(one) == false)
            #expect(try second.receiveFrames() == [[1]])
        }
        #expect(try poller.wait(timeout: .zero) == 0)
        #expect(poller.isReadable(two) == false)
    }

    @Test func anItemSetAsideIsNotReported() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context, options: .test())
        let endpoint = try pull.bind(Endpoint("inproc://aside"))
        let push = try Socket(.push, in: context, options: .test())
        try push.connect(endpoint)
        var poller = Poller()
        let index = poller.add(pull)
        poller.setEvents([], at: index)
        #expect(try push.send([1].span) == .sent)
        #expect(try poller.wait(timeout: .milliseconds(5)) == 0)
        poller.setEvents(.readable, at: index)
        #expect(try poller.wait(timeout: patience) == 1)
    }

    @Test func aPushSocketIsWritableWhenItHasRoom() throws {
        let context = try Context()
        let push = try Socket(.push, in: context, options: .test(highWaterMark: 1))
        let endpoint = try push.bind(Endpoint("inproc://room"))
        var poller = Poller()
        let index = poller.add(push, for: .writable)
        #expect(try poller.wait(timeout: .zero) == 0)
        let pull = try Socket(.pull, in: context, options: .test(highWaterMark: 1))
        try pull.connect(endpoint)
        #expect(try poller.wait(timeout: patience) == 1)
        #expect(poller.events(at: index) == .writable)
    }

    @Test func timeoutsAreKept() throws {
        var poller = Poller()
        poller.add(try WakeEvent())
        let start = ContinuousClock.now
        #expect(try poller.wait(timeout: .milliseconds(30)) == 0)
        #expect(ContinuousClock.now - start >= .milliseconds(30))
    }

    @Test func aWakeEventWakesAnotherThreadAndSignalsCoalesce() throws {
        let wake = try WakeEvent()
        let sleeper = Worker { () throws -> Int in
            var poller = Poller()
            let index = poller.add(wake)
            let ready = try poller.wait(timeout: patience)
            #expect(poller.isReadable(index) == true)
            return ready
        }
        try sleeper.waitUntilBlocked()
        for _ in 0..<1000 { wake.signal() }
        #expect(try sleeper.join() == 1)
        var poller = Poller()
        poller.add(wake)
        #expect(try poller.wait(timeout: .zero) == 1)
        wake.clear()
        #expect(try poller.wait(timeout: .zero) == 0)
        wake.clear()
        wake.signal()
        #expect(try poller.wait(timeout: .zero) == 1)
    }

    /// Two threads hand a number to and fro; one lost wake-up and it stops.
    @Test func noWakeUpIsLost() throws {
        let rounds = 20_000
        let there = try WakeEvent()
        let back = try WakeEvent()
        let echo = Worker { () throws -> Int in
            var poller = Poller()
            poller.add(there)
            for round in 0..<rounds {
                guard try poller.wait(timeout: patience) == 1 else { return round }
                there.clear()
                back.signal()
            }
            return rounds
        }
        var poller = Poller()
        poller.add(back)
        var answered = 0
        for _ in 0..<rounds {
            there.signal()
            guard try poller.wait(timeout: patience) == 1 else { break }
            back.clear()
            answered += 1
        }
        #expect(answered == rounds)
        #expect(try echo.join() == rounds)
    }

    @Test func theSocketStaysOpenWhileItIsWatched() throws {
        let context = try Context()
        var poller = Poller()
        do {
            let pull = try Socket(.pull, in: context, options: .test())
            try pull.bind(Endpoint("inproc://kept"))
            poller.add(pull)
        }
        let push = try Socket(.push, in: context, options: .test())
        try push.connect(Endpoint("inproc://kept"))
        #expect(try push.send([1].span) == .sent)
        #expect(try poller.wait(timeout: patience) == 1)
    }
}
