import TestSupport
import Testing

@testable import ZeroMQ

@Suite(.timeLimit(.minutes(2))) struct MultipartTests {
    private static func transports(_ folder: TemporaryFolder) -> [String] {
        ["tcp://127.0.0.1:*", "ipc://\(folder.path)/socket", "inproc://multipart"]
    }

    /// Small sizes, the borders of libzmq's own cases (33, 255, 8192) and up to 100 KB.
    private static let sizes =
        Array(0...70) + [127, 128, 254, 255, 256, 257, 8191, 8192, 8193, 65_535, 65_536, 100_000]

    @Test func framesOfEverySizeRoundTripOnEveryTransport() throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: 1)
        for transport in Self.transports(folder) {
            let context = try Context()
            let pull = try Socket(.pull, in: context, options: .test())
            let endpoint = try pull.bind(Endpoint(transport))
            let push = try Socket(.push, in: context, options: .test())
            try push.connect(endpoint)
            for size in Self.sizes {
                let (topic, body): ([UInt8], [UInt8]) = (random.bytes(size), [])
                let sequence = random.bytes(size / 2)
                #expect(try push.send(topic.span, body.span, sequence.span) == .sent)
                #expect(
                    try pull.receiveFrames() == [topic, body, sequence],
                    "\(transport), \(size) bytes")
            }
        }
    }

    @Test func everyNumberOfFramesRoundTrips() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context, options: .test())
        let endpoint = try pull.bind(loopback())
        let push = try Socket(.push, in: context, options: .test())
        try push.connect(endpoint)
        for count in 1...40 {
            let frames = (0..<count).map { bytes("frame \($0) of \(count)") }
            #expect(try push.send(frames) == .sent)
            #expect(try pull.receiveFrames(frameLimit: 40) == frames)
        }
        #expect(try push.send(bytes("one").span) == .sent)
        #expect(try push.send(bytes("a").span, bytes("b").span) == .sent)
        #expect(try pull.receiveFrames() == [bytes("one")])
        #expect(try pull.receiveFrames() == [bytes("a"), bytes("b")])
    }

    @Test func framesBeyondTheLimitAreCountedAndLetGo() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context, options: .test())
        let endpoint = try pull.bind(loopback())
        let push = try Socket(.push, in: context, options: .test())
        try push.connect(endpoint)
        var message = Multipart(frameLimit: 3)
        for count in 1...9 {
            let frames = (0..<count).map { [UInt8](repeating: UInt8($0), count: 10 * $0) }
            #expect(try push.send(frames) == .sent)
            #expect(try pull.receive(into: &message))
            #expect(message.copyFrames() == Array(frames.prefix(3)))
            #expect(message.count == min(count, 3))
            #expect(message.droppedFrameCount == max(0, count - 3))
            #expect(message.byteCount == frames.reduce(0) { $0 + $1.count })
        }
        #expect(try pull.receive(into: &message, wait: .never) == false)
        #expect(message.count == 0)
        #expect(message.byteCount == 0)
        #expect(message.droppedFrameCount == 0)
    }

    @Test func aFrameIsLentWithoutACopy() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context, options: .test())
        let endpoint = try pull.bind(Endpoint("inproc://lend"))
        let push = try Socket(.push, in: context, options: .test())
        try push.connect(endpoint)
        #expect(try push.send(bytes("topic").span, bytes("body").span) == .sent)
        var message = Multipart(frameLimit: 2)
        #expect(try pull.receive(into: &message))
        let isLent = message.withFrame(1) { $0.count == 4 && $0[0] == UInt8(ascii: "b") }
        #expect(isLent)
        #expect(message.frameByteCount(0) == 5)
    }

    @Test func aFrameOverTheSizeLimitEndsTheConnection() throws {
        let context = try Context()
        var options = SocketOptions.test()
        options.maxMessageSize = 1000
        let pull = try Socket(.pull, in: context, options: options)
        var monitor = try pull.monitor()
        let endpoint = try pull.bind(loopback())
        let push = try Socket(.push, in: context, options: .test())
        try push.connect(endpoint)
        #expect(try push.send([UInt8](repeating: 1, count: 1000).span) == .sent)
        #expect(try pull.receiveFrames()[0].count == 1000)
        #expect(try push.send([UInt8](repeating: 2, count: 1001).span) == .sent)
        try expect(.disconnected, of: &monitor)
        #expect(try push.send(bytes("after").span) == .sent)
        #expect(try pull.receiveFrames() == [bytes("after")])
    }
}
