import Testing

@testable import ZeroMQ

@Suite(.timeLimit(.minutes(1))) struct PatternTests {
    @Test func xpubSeesSubscriptionsAndTopicsReachTheirSubscribersOnly() throws {
        let context = try Context()
        let xpub = try Socket(.xpub, in: context, options: .test())
        let endpoint = try xpub.bind(loopback())
        let sub = try Socket(.sub, in: context, options: .test())
        try sub.connect(endpoint)
        try sub.subscribe("next/a")
        try sub.subscribe("sentiment/")
        #expect(try subscription(xpub) == Subscription(([1] + bytes("next/a")).span))
        #expect(try subscription(xpub) == Subscription(([1] + bytes("sentiment/")).span))
        let topics = ["next/a", "next/b", "next/ab", "sentiment/x", "stream/a"]
        for (number, topic) in topics.enumerated() {
            let sequence = [UInt8(number), 0, 0, 0, 0, 0, 0, 0]
            let result = try xpub.publish(bytes(topic).span, bytes("{}").span, sequence.span)
            #expect(result == .sent)
        }
        for number in [0, 2, 3] {
            let frames = try sub.receiveFrames()
            #expect(frames[0] == bytes(topics[number]))
            #expect(frames[2][0] == UInt8(number))
        }
    }

    @Test func aLeavingSubscriberTakesItsSubscriptionsBack() throws {
        let context = try Context()
        let xpub = try Socket(.xpub, in: context, options: .test())
        let endpoint = try xpub.bind(loopback())
        do {
            let sub = try Socket(.sub, in: context, options: .test())
            try sub.connect(endpoint)
            try sub.subscribe("x")
            #expect(try subscription(xpub)?.change == .subscribed)
        }
        #expect(try subscription(xpub)?.change == .unsubscribed)
    }

    @Test(arguments: [false, true])
    func verboseXpubSeesEverySubscriber(verbose: Bool) throws {
        let context = try Context()
        var options = SocketOptions.test()
        options.xpubVerbose = verbose
        let xpub = try Socket(.xpub, in: context, options: options)
        let endpoint = try xpub.bind(Endpoint("inproc://verbose"))
        let first = try Socket(.sub, in: context, options: .test())
        let second = try Socket(.sub, in: context, options: .test())
        try first.connect(endpoint)
        try second.connect(endpoint)
        try first.subscribe("same")
        try second.subscribe("same")
        try second.subscribe("end")
        #expect(try subscription(xpub)?.topic == bytes("same"))
        #expect(try subscription(xpub)?.topic == bytes(verbose ? "same" : "end"))
    }

    @Test func topicsThatLibzmqLosesAreRefused() throws {
        let context = try Context()
        let sub = try Socket(.sub, in: context, options: .test())
        for count in [245, 246, 255, 256] {
            let topic = [UInt8](repeating: 1, count: count)
            if (246...255).contains(count) {
                let error = #expect(throws: ZeroMQError.self) { try sub.subscribe(topic) }
                #expect(error?.description.contains("246 to 255") == true)
            } else {
                try sub.subscribe(topic)
            }
        }
    }

    @Test func routerAndDealerAnswerEachOther() throws {
        let context = try Context()
        let router = try Socket(.router, in: context, options: .test())
        let endpoint = try router.bind(loopback())
        var options = SocketOptions.test()
        options.routingID = bytes("publisher-1")
        let dealer = try Socket(.dealer, in: context, options: options)
        try dealer.connect(endpoint)
        #expect(try dealer.send(bytes("stream").span, bytes("text").span) == .sent)
        let request = try router.receiveFrames()
        #expect(request == [bytes("publisher-1"), bytes("stream"), bytes("text")])
        #expect(try router.send([request[0], bytes("ack")]) == .sent)
        #expect(try dealer.receiveFrames() == [bytes("ack")])
        let error = #expect(throws: ZeroMQError.self) {
            try router.send(bytes("nobody").span, bytes("ack").span)
        }
        #expect(error?.code == .hostUnreachable)
    }

    @Test func pushWithoutAPeerWouldBlock() throws {
        let context = try Context()
        var options = SocketOptions.test()
        options.sendTimeout = .milliseconds(20)
        let push = try Socket(.push, in: context, options: options)
        try push.bind(loopback())
        #expect(try push.send(bytes("x").span, wait: .never) == .wouldBlock)
        #expect(try push.send([bytes("x"), bytes("y")], wait: .never) == .wouldBlock)
        let start = ContinuousClock.now
        #expect(try push.send(bytes("x").span) == .wouldBlock)
        #expect(ContinuousClock.now - start >= .milliseconds(20))
    }

    @Test func pushKeepsWholeMessagesWhenItsQueueIsFull() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context, options: .test(highWaterMark: 4))
        let endpoint = try pull.bind(Endpoint("inproc://full"))
        let push = try Socket(.push, in: context, options: .test(highWaterMark: 4))
        try push.connect(endpoint)
        var sent = 0
        while try push.send([UInt8(sent)].span, [0].span, [1].span, wait: .never) == .sent {
            sent += 1
        }
        #expect(sent == 8)  // Both sides' marks add up on inproc.
        for number in 0..<sent {
            #expect(try pull.receiveFrames() == [[UInt8(number)], [0], [1]])
        }
        #expect(try push.send([9].span, [0].span, [1].span) == .sent)
        #expect(try pull.receiveFrames() == [[9], [0], [1]])
    }

    @Test func receivingWithNothingThereReturnsFalse() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context, options: .test())
        try pull.bind(loopback())
        var message = Multipart(frameLimit: 1)
        #expect(try pull.receive(into: &message, wait: .never) == false)
        try pull.setReceiveTimeout(.milliseconds(20))
        let start = ContinuousClock.now
        #expect(try pull.receive(into: &message) == false)
        #expect(ContinuousClock.now - start >= .milliseconds(20))
    }

    private func subscription(_ xpub: borrowing Socket) throws -> Subscription? {
        var message = Multipart(frameLimit: 1)
        try #require(try xpub.receive(into: &message))
        return message.withFrame(0) { Subscription($0) }
    }
}
