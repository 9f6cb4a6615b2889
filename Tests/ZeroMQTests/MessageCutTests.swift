import TestSupport
import Testing

@testable import ZeroMQ

/// What a gate leaves out for a reader without room.
@Suite struct MessageCutTests {
    private struct Message {
        var frames: [ZMTPFrames.Frame]
        var bytes: [UInt8] { frames.flatMap { ZMTPFrames.bytes($0.body, flags: $0.flags & 5) } }
    }

    /// A command, or a message of some frames, of which some need a length of 8 bytes.
    private func message(using random: inout some RandomNumberGenerator) -> Message {
        func body() -> [UInt8] {
            let count = [0, 1, 254, 255, 256, 700].randomElement(using: &random) ?? 0
            return (0..<count).map { _ in .random(in: 0...255, using: &random) }
        }
        if Int.random(in: 0..<5, using: &random) == 0 {
            return Message(frames: [.init(flags: 4, body: Array("\u{4}PING".utf8) + body())])
        }
        let count = Int.random(in: 1...4, using: &random)
        return Message(
            frames: (1...count).map { .init(flags: $0 == count ? 0 : 1, body: body()) })
    }

    private func pieces(
        _ bytes: [UInt8], using random: inout some RandomNumberGenerator
    ) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var index = 0
        while index < bytes.count {
            let most = [1, 3, 20, 500].randomElement(using: &random) ?? 1
            let end = min(bytes.count, index + .random(in: 1...most, using: &random))
            pieces.append(bytes[index..<end])
            index = end
        }
        return pieces
    }

    @Test(arguments: 1...100)
    func whateverTheCutsWholeMessagesAreLeftOut(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let messages = (0..<20).map { _ in message(using: &random) }
        let greeting = ZMTPGreeting.bytes(.null, isServer: false)
        var cut = MessageCut()
        var kept: [UInt8] = []
        for piece in pieces(greeting + messages.flatMap(\.bytes), using: &random) {
            let piece = Array(piece)
            let room = Bool.random(using: &random) ? Int.max : 0
            for range in cut.take(piece.span, room: room) { kept += piece[range] }
        }
        #expect(kept.starts(with: greeting))
        let wholes = try taken(apart: Array(kept.dropFirst(greeting.count)))
        var rest = wholes[...]
        var leftOut = 0
        for message in messages {
            if rest.first == message.frames {
                rest.removeFirst()
            } else {
                #expect(!message.frames[0].isCommand)
                leftOut += 1
            }
        }
        #expect(rest.isEmpty)
        #expect(cut.leftOut == leftOut)
    }

    /// Commands, and messages with all their frames.
    private func taken(apart bytes: [UInt8]) throws -> [[ZMTPFrames.Frame]] {
        var frames = ZMTPFrames()
        frames.append(bytes.span)
        var wholes: [[ZMTPFrames.Frame]] = []
        var isInMessage = false
        while let frame = try frames.next(limit: .max) {
            let plain = ZMTPFrames.Frame(flags: frame.flags & 5, body: frame.body)
            if isInMessage {
                wholes[wholes.count - 1].append(plain)
            } else {
                wholes.append([plain])
            }
            isInMessage = frame.hasMore
        }
        #expect(frames.byteCount == 0 && !isInMessage)
        return wholes
    }

    @Test func aCommandInsideAMessageIsKept() {
        var cut = MessageCut()
        let first = ZMTPFrames.bytes([1], flags: 1)
        let ping = ZMTPFrames.bytes([2], flags: 4)
        let last = ZMTPFrames.bytes([3], flags: 0)
        let bytes = ZMTPGreeting.bytes(.null, isServer: false) + first + ping + last
        var kept: [UInt8] = []
        for range in cut.take(bytes.span, room: 0) { kept += bytes[range] }
        #expect(kept == Array(bytes.prefix(ZMTPGreeting.byteCount)) + ping)
        #expect(cut.leftOut == 1)
    }

    @Test func theMessageThatFindsRoomIsKeptWhole() {
        var cut = MessageCut()
        let message = ZMTPFrames.bytes(Array(repeating: 7, count: 98), flags: 0)
        let bytes = ZMTPGreeting.bytes(.null, isServer: false) + message + message + message
        // The greeting takes its part of the room.
        let kept = cut.take(bytes.span, room: ZMTPGreeting.byteCount + 101)
        #expect(kept == [0..<ZMTPGreeting.byteCount + 200])
        #expect(cut.leftOut == 1)
    }
}
