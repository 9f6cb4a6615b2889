import Wire
import ZeroMQ

/// Distinguishes envelopes from the messages after them:
///
///     identity                                       of a DEALER
///     identity | empty                               of a REQ
///     identity | request number, 4 bytes | empty     of a REQ with ZMQ_REQ_CORRELATE
///     identity | identity | … | empty                of a REQ behind proxies
///
/// An empty frame ends an envelope. Since a text may be empty as well, frames before an empty one
/// are an envelope only where they cannot be a stream id, or are a request number.
extension Envelope {
    /// Frames of the longest envelope, through three proxies.
    static let longest = 6
    /// Bytes of one of them at most, as of an identity. Answers wait with their envelopes for a
    /// peer that does not read, so larger ones would take memory.
    private static let mostBytes = 255

    init(of message: borrowing Multipart, frames count: Int) {
        self.init((0..<min(count, message.count)).map { message.copyFrame($0) })
    }

    /// Of a control request, which begins with a JSON object that is not empty.
    static func frameCount(ofControl message: borrowing Multipart) -> Int {
        guard let end = end(of: message), !startsObject(message, 1) else { return 1 }
        return end + 1
    }

    /// Of a message with text: `stream id | text [| header]`, or one frame of text.
    static func frameCount(ofInput message: borrowing Multipart) -> Int {
        guard let end = end(of: message) else { return 1 }
        if end == 1 { return 2 }
        let isHop = message.withFrame(1) { $0.isEmpty || $0[0] == 0 }
        guard isHop || (end == 2 && isRequestNumber(message)) else { return 1 }
        return end + 1
    }

    /// The first empty frame after the identity, if more frames follow it.
    private static func end(of message: borrowing Multipart) -> Int? {
        let frames = message.count + message.droppedFrameCount
        for index in 1..<max(1, min(message.count, longest)) {
            let size = message.frameByteCount(index)
            if size == 0 { return index + 1 < frames ? index : nil }
            guard size <= mostBytes else { return nil }
        }
        return nil
    }

    /// A stream id of 4 bytes with empty text is followed by its header, a JSON object.
    private static func isRequestNumber(_ message: borrowing Multipart) -> Bool {
        message.frameByteCount(1) == 4 && message.count > 3
            && ((try? StreamID(utf8: message.copyFrame(1))) == nil || !startsObject(message, 3))
    }

    private static func startsObject(_ message: borrowing Multipart, _ index: Int) -> Bool {
        guard index < message.count else { return false }
        return message.withFrame(index) { frame in
            for position in frame.indices where !isSpace(frame[position]) {
                return frame[position] == UInt8(ascii: "{")
            }
            return false
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
