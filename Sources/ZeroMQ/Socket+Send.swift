import CZeroMQ

/// What a send or receive does when it cannot complete at once.
package enum Wait: Sendable {
    /// Returns at once.
    case never
    /// Waits up to the socket's send or receive timeout.
    case untilTimeout
}

/// The result of sending a message.
package enum SendResult: Equatable, Sendable {
    case sent
    /// No room, within the time allowed; no part of the message was sent to anyone.
    case wouldBlock
}

extension Socket {
    /// Sends one frame; with `more`, the message continues with the next call.
    package func send(
        _ frame: Span<UInt8>, more: Bool = false, wait: Wait = .untilTimeout
    ) throws(ZeroMQError) -> SendResult {
        let flags = (more ? ZMQ_SNDMORE : 0) | (wait == .never ? ZMQ_DONTWAIT : 0)
        return try unsafe frame.withUnsafeBytes { bytes throws(ZeroMQError) in
            while unsafe zmq_send(handle.pointer, bytes.baseAddress, bytes.count, flags) == -1 {
                switch zmq_errno() {
                case EINTR: continue
                case EAGAIN: return .wouldBlock
                default: throw .last(.send)
                }
            }
            return .sent
        }
    }

    /// Sends a message of two frames, both or neither.
    package func send(
        _ first: Span<UInt8>, _ second: Span<UInt8>, wait: Wait = .untilTimeout
    ) throws(ZeroMQError) -> SendResult {
        guard try send(first, more: true, wait: wait) == .sent else { return .wouldBlock }
        return try send(second, wait: wait)
    }

    /// Sends a message of three frames, all or none.
    package func send(
        _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>,
        wait: Wait = .untilTimeout
    ) throws(ZeroMQError) -> SendResult {
        guard try send(first, more: true, wait: wait) == .sent,
            try send(second, more: true, wait: wait) == .sent
        else { return .wouldBlock }
        return try send(third, wait: wait)
    }

    /// Sends a message of any number of frames, all or none.
    package func send(
        _ frames: [[UInt8]], wait: Wait = .untilTimeout
    ) throws(ZeroMQError) -> SendResult {
        precondition(!frames.isEmpty, "a message has at least one frame")
        for (index, frame) in frames.enumerated() {
            let more = index < frames.count - 1
            guard try send(frame.span, more: more, wait: wait) == .sent else { return .wouldBlock }
        }
        return .sent
    }
}
