package import Dispatch
package import Engine
import Names
import Wire
package import ZeroMQ

/// Parses an input message into a request: `stream id | text [| header]`, or one frame of text.
///
/// On an acknowledged input an `Envelope` comes before, and goes before the answer.
///
/// What it cannot accept becomes a refusal that names the endpoint and what was expected; nothing
/// throws, and nothing of a refused message is kept.
package struct InputParser: Sendable {
    /// Frames of a message, without an envelope; one with more is refused.
    private static let mostFrames = 3
    /// Frames of a message that are parsed, with an envelope.
    package static let frameLimit = mostFrames + Envelope.longest

    let endpoint: String
    /// Whose text a single frame is.
    let defaultStream: StreamID
    /// Whether a message without a header continues in the next.
    let more: Bool
    let maxTextBytes: Int
    /// Which input answers its peers; nil for one that cannot.
    var acknowledgedInput: Int?

    /// - Parameter received: when its batch was received.
    package func parse(
        _ message: borrowing Multipart, received: DispatchTime? = nil
    ) -> EngineInput {
        let parts = Parts(message, hasEnvelope: acknowledgedInput != nil)
        let replyTo = acknowledgedInput.map {
            ReplyAddress.peer(Envelope(of: message, frames: parts.first), input: $0)
        }
        do throws(Refused) {
            var request = try request(parts, of: message, replyTo)
            request.received = received
            return .request(request)
        } catch {
            let refusal = Refusal(error.refusal.code, error.refusal.message, endpoint: endpoint)
            return .refusal(
                error.stream, refusal,
                sender: replyTo.map {
                    .init(replyTo: $0, producerSequence: parts.sequence(in: message))
                })
        }
    }

    /// Bytes of all frames but those of an envelope.
    func ownBytes(of message: borrowing Multipart) -> Int {
        let envelope = Parts(message, hasEnvelope: acknowledgedInput != nil).first
        return (0..<min(envelope, message.count)).reduce(message.byteCount) {
            $0 - message.frameByteCount($1)
        }
    }

    /// Which frames of a message are what.
    private struct Parts {
        /// Frames of the envelope, and so the index of the message's own first frame.
        let first: Int
        /// The message's own frames, those beyond the limit included.
        let count: Int

        init(_ message: borrowing Multipart, hasEnvelope: Bool) {
            first = hasEnvelope ? Envelope.frameCount(ofInput: message) : 0
            count = message.count + message.droppedFrameCount - first
        }

        var isPlainText: Bool { count == 1 }
        var text: Int { isPlainText ? first : first + 1 }
        var header: Int? { count == InputParser.mostFrames ? first + 2 : nil }

        func sequence(in message: borrowing Multipart) -> UInt64? {
            guard let header, message.frameByteCount(header) <= InputParser.headerBytes else {
                return nil
            }
            return RequestHeader.sequence(in: message.copyFrame(header))
        }
    }

    /// A refusal, and the stream if it could be named.
    private struct Refused: Error {
        var stream: StreamID?
        let refusal: Refusal
    }

    private func request(
        _ parts: Parts, of message: borrowing Multipart, _ replyTo: ReplyAddress?
    ) throws(Refused) -> Request {
        guard (1...Self.mostFrames).contains(parts.count) else {
            throw Refused(
                refusal: Refusal(
                    .frameCount,
                    "the message has \(parts.count) frames; expected text, or stream id, text and "
                        + "optionally a header"))
        }
        let stream = try stream(parts, of: message)
        do throws(Refusal) {
            try checkSize(of: message.frameByteCount(parts.text))
            let header = try parts.header.map { index throws(Refusal) in
                try checkHeaderSize(of: message.frameByteCount(index))
                return try RequestHeader(json: message.copyFrame(index))
            }
            var request = try request(stream, message.copyFrame(parts.text), header)
            request.replyTo = replyTo
            return request
        } catch {
            throw Refused(stream: stream, refusal: error)
        }
    }

    private func stream(
        _ parts: Parts, of message: borrowing Multipart
    ) throws(Refused) -> StreamID {
        if parts.isPlainText { return defaultStream }
        do throws(Refusal) {
            // An id that is far too long is not copied.
            let size = message.frameByteCount(parts.first)
            guard size <= 4 * StreamID.longest else {
                throw Refusal(
                    .streamID,
                    "the stream id has \(size) bytes; expected at most \(StreamID.longest)")
            }
            return try StreamID(utf8: message.copyFrame(parts.first))
        } catch {
            throw Refused(refusal: error)
        }
    }

    /// Far more than every key with its longest value takes.
    private static let headerBytes = 8192

    private func checkHeaderSize(of size: Int) throws(Refusal) {
        guard size > Self.headerBytes else { return }
        throw Refusal(
            .header, "the header has \(size) bytes; expected at most \(Self.headerBytes)")
    }

    private func checkSize(of size: Int) throws(Refusal) {
        guard size > maxTextBytes else { return }
        throw Refusal(
            .textTooLarge,
            "the text has \(size) bytes; expected at most \(maxTextBytes): send it in pieces with "
                + "\"more\"")
    }

    private func request(
        _ stream: StreamID, _ text: [UInt8], _ header: RequestHeader?
    ) throws(Refusal) -> Request {
        let operation = header?.operation ?? .text
        let more = header?.more ?? more
        switch operation {
        case .text:
            // Empty text is only meaningful where it ends a message.
            guard !text.isEmpty || header?.more == false else {
                throw Refusal(.emptyMessage, "the message has no text; expected at least a byte")
            }
        case .end, .reset, .flush, .evict, .resume, .model, .put, .refusal:
            guard text.isEmpty else {
                throw Refusal(
                    .header,
                    "op \(operation) came with \(text.count) bytes of text; expected an empty "
                        + "text frame")
            }
        }
        var request = Request(
            stream: stream, operation: operation, text: text, more: operation == .text && more,
            producer: header?.producer ?? "", producerSequence: header?.sequence,
            time: header?.time, endpoint: endpoint)
        request.isLast = header?.isLast ?? false
        return request
    }
}
