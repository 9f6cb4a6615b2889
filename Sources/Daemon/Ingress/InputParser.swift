package import Engine
package import Wire
package import ZeroMQ

/// Makes a request of an input message: `stream id | text [| header]`, or one frame of text.
///
/// What it cannot accept becomes a refusal that names the endpoint and what was expected; nothing
/// throws, and nothing of a refused message is kept.
package struct InputParser: Sendable {
    /// Frames that are looked at; a message with more is refused.
    package static let frameLimit = 3

    let endpoint: String
    /// Whose text a single frame is.
    let defaultStream: StreamID
    /// Whether a message without a header goes on in the next.
    let more: Bool
    let maxTextBytes: Int

    package init(endpoint: String, defaultStream: StreamID, more: Bool, maxTextBytes: Int) {
        self.endpoint = endpoint
        self.defaultStream = defaultStream
        self.more = more
        self.maxTextBytes = maxTextBytes
    }

    package func parse(_ message: borrowing Multipart) -> EngineInput {
        let frames = message.count + message.droppedFrameCount
        guard frames <= Self.frameLimit else {
            return .refusal(
                nil,
                refusal(
                    .frameCount,
                    "the message has \(frames) frames; expected text, or stream id, text and "
                        + "optionally a header"))
        }
        if frames == 1 { return request(defaultStream, text: 0, of: message, header: nil) }
        switch streamID(message) {
        case .failure(let refusal): return .refusal(nil, refusal)
        case .success(let stream):
            return request(stream, text: 1, of: message, header: frames == 3 ? 2 : nil)
        }
    }

    private func streamID(_ message: borrowing Multipart) -> Result<StreamID, Refusal> {
        // An id that is far too long is not worth a copy.
        guard message.frameByteCount(0) <= 4 * StreamID.longest else {
            return .failure(
                refusal(
                    .streamID,
                    "the stream id has \(message.frameByteCount(0)) bytes; expected at most "
                        + "\(StreamID.longest)"))
        }
        do throws(Refusal) {
            return .success(try StreamID(utf8: message.copyFrame(0)))
        } catch {
            return .failure(refusal(error.code, error.message))
        }
    }

    private func request(
        _ stream: StreamID, text: Int, of message: borrowing Multipart, header: Int?
    ) -> EngineInput {
        let size = message.frameByteCount(text)
        guard size <= maxTextBytes else {
            return .refusal(
                stream,
                refusal(
                    .textTooLarge,
                    "the text has \(size) bytes; expected at most \(maxTextBytes): send it in "
                        + "pieces with \"more\""))
        }
        do throws(Refusal) {
            let header = try header.map { index throws(Refusal) in
                try RequestHeader(json: message.copyFrame(index))
            }
            let request = try request(stream, message.copyFrame(text), header)
            return .request(request)
        } catch {
            return .refusal(stream, refusal(error.code, error.message))
        }
    }

    private func request(
        _ stream: StreamID, _ text: [UInt8], _ header: RequestHeader?
    ) throws(Refusal) -> Request {
        let operation = header?.operation ?? .text
        let more = header?.more ?? more
        switch operation {
        case .text:
            // Empty text says something only if it says that a message ends here.
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
        return Request(
            stream: stream, operation: operation, text: text, more: operation == .text && more,
            producerSequence: header?.sequence, time: header?.time, endpoint: endpoint)
    }

    private func refusal(_ code: Refusal.Code, _ message: String) -> Refusal {
        Refusal(code, message, endpoint: endpoint)
    }
}
