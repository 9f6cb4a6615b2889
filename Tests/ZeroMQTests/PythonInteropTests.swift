import Foundation
import TestSupport
import Testing

@testable import ZeroMQ

private let python = "/usr/bin/python3"

private func run(_ script: String, _ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = ["-c", script] + arguments
    try process.run()
    return process
}

private func hasPyZMQ() -> Bool {
    guard let process = try? run("import zmq", []) else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}

/// The wire is ZeroMQ's own: Debian's pyzmq understands it.
@Suite(.enabled("needs python3-zmq") { hasPyZMQ() }, .timeLimit(.minutes(1)))
struct PythonInteropTests {
    /// Subscribes, and pushes back every message that it gets, with one frame more.
    private static let echo = """
        import sys, zmq
        context = zmq.Context()
        subscriber = context.socket(zmq.SUB)
        subscriber.connect(sys.argv[1])
        subscriber.subscribe(b"next/")
        pusher = context.socket(zmq.PUSH)
        pusher.connect(sys.argv[2])
        for _ in range(int(sys.argv[3])):
            pusher.send_multipart(subscriber.recv_multipart() + ["grüße".encode()])
        context.destroy(linger=10000)  # Else the last message may die with the process.
        """

    @Test func pythonSubscribesAndPushesBack() throws {
        let context = try Context()
        let xpub = try Socket(.xpub, in: context, options: .test())
        let pull = try Socket(.pull, in: context, options: .test())
        let out = try xpub.bind(loopback())
        let back = try pull.bind(loopback())
        let count = 500
        let process = try run(Self.echo, [out.text, back.text, String(count)])
        #expect(try xpub.receiveFrames() == [[1] + bytes("next/")])
        var random = SeededRandom(seed: 7)
        for number in 0..<count {
            let topic = bytes("next/stream-\(number)")
            let body = random.bytes(number * 3)
            let sequence = unsafe withUnsafeBytes(of: UInt64(number).littleEndian) {
                unsafe Array($0)
            }
            #expect(try xpub.publish(topic.span, body.span, sequence.span) == .sent)
            #expect(try pull.receiveFrames() == [topic, body, sequence, bytes("grüße")])
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
