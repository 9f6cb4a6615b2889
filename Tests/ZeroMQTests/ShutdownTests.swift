import Testing

@testable import ZeroMQ

@Suite(.timeLimit(.minutes(1))) struct ShutdownTests {
    @Test func endsAReceiveThatWaits() throws {
        let context = try Context()
        let reader = Worker { () throws -> ZeroMQError.Code? in
            let pull = try Socket(.pull, in: context)
            try pull.bind(loopback())
            var message = Multipart(frameLimit: 1)
            do {
                _ = try pull.receive(into: &message)
                return nil
            } catch {
                return (error as? ZeroMQError)?.code
            }
        }
        try reader.waitUntilBlocked()
        context.shutdown()
        #expect(try reader.join() == .contextTerminated)
    }

    @Test func endsAPollThatWaits() throws {
        let context = try Context()
        let reader = Worker { () throws -> ZeroMQError.Code? in
            let pull = try Socket(.pull, in: context)
            try pull.bind(loopback())
            var poller = Poller()
            poller.add(pull)
            do {
                try poller.wait()
                return nil
            } catch {
                return (error as? ZeroMQError)?.code
            }
        }
        try reader.waitUntilBlocked()
        context.shutdown()
        #expect(try reader.join() == .contextTerminated)
    }

    @Test func everyLaterCallSaysSo() throws {
        let context = try Context()
        let socket = try Socket(.dealer, in: context)
        context.shutdown()
        context.shutdown()
        var errors: [ZeroMQError?] = []
        errors.append(#expect(throws: ZeroMQError.self) { try socket.send([1].span) })
        errors.append(#expect(throws: ZeroMQError.self) { try socket.bind(loopback()) })
        errors.append(#expect(throws: ZeroMQError.self) { _ = try Socket(.pull, in: context) })
        for error in errors {
            #expect(error?.code == .contextTerminated)
            #expect(error?.description.contains("shut down") == true)
        }
    }

    /// The context's end waits for unsent messages, for the linger and no longer.
    @Test func lingerIsBounded() throws {
        let start = ContinuousClock.now
        do {
            let context = try Context()
            var options = SocketOptions.test()
            options.linger = .milliseconds(50)
            let push = try Socket(.push, in: context, options: options)
            try push.connect(Endpoint("tcp://127.0.0.1:1"))
            #expect(try push.send([1].span) == .sent)
        }
        let passed = ContinuousClock.now - start
        // libzmq counts in whole milliseconds.
        #expect(passed >= .milliseconds(49))
        #expect(passed < patience)
    }

    @Test func whatWasSentBeforeShutdownIsDelivered() throws {
        let reading = try Context()
        let pull = try Socket(.pull, in: reading, options: .test())
        let endpoint = try pull.bind(loopback())
        do {
            let context = try Context()
            let push = try Socket(.push, in: context)
            try push.connect(endpoint)
            for number in 0..<100 { #expect(try push.send([UInt8(number)].span) == .sent) }
            context.shutdown()
        }
        for number in 0..<100 { #expect(try pull.receiveFrames() == [[UInt8(number)]]) }
    }
}
