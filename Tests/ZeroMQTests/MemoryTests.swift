import Foundation
import Testing

@testable import ZeroMQ

@Suite(.serialized, .timeLimit(.minutes(2))) struct MemoryTests {
    /// Bytes of memory this process has in use (proc(5), statm).
    private func residentBytes() throws -> Int {
        let statm = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return try #require(Int(statm.split(separator: " ")[1])) * 4096
    }

    /// Keeping the frames beyond the limit would cost some 70 MB.
    @Test func a100_000MessagesWithTooManyFramesLeaveNothing() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context, options: .test())
        let endpoint = try pull.bind(Endpoint("inproc://frames"))
        let push = try Socket(.push, in: context, options: .test())
        try push.connect(endpoint)
        var message = Multipart(frameLimit: 3)
        let frames = (0..<10).map { [UInt8](repeating: UInt8($0), count: 60) }
        var before = 0
        for number in 0..<100_000 {
            if number == 1000 { before = try residentBytes() }
            guard try push.send(frames) == .sent, try pull.receive(into: &message) else { break }
            guard message.count == 3, message.droppedFrameCount == 7 else { break }
        }
        #expect(message.byteCount == 600)
        #expect(try residentBytes() - before < 30 << 20)
    }

    @Test func aMessageOf200_000FramesLeavesThreeOfThem() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context, options: .test())
        let endpoint = try pull.bind(loopback())
        let push = try Socket(.push, in: context, options: .test())
        try push.connect(endpoint)
        let frames = [[UInt8]](repeating: bytes("x"), count: 200_000)
        var message = Multipart(frameLimit: 3)
        #expect(try push.send(frames) == .sent)
        #expect(try pull.receive(into: &message))
        #expect(message.count == 3)
        #expect(message.droppedFrameCount == 199_997)
        #expect(message.byteCount == 200_000)
    }
}
