import CZeroMQ

extension Socket {
    /// Receives a message in place of the old one; false if there was none in the time allowed,
    /// and then `message` is empty.
    ///
    /// libzmq delivers a message only when all its frames have arrived, so they are in its memory
    /// before the limit of `message` applies; `maxMessageSize` bounds each frame, not their number.
    package func receive(
        into message: inout Multipart, wait: Wait = .untilTimeout
    ) throws(ZeroMQError) -> Bool {
        message.removeAll()
        guard try receiveFrame(into: &message, wait: wait) else { return false }
        while message.takeFrame() {
            // The rest of a begun message is always there already.
            guard try receiveFrame(into: &message, wait: .never) else {
                throw ZeroMQError(.receive, code: .wouldBlock)
            }
        }
        return true
    }

    private func receiveFrame(
        into message: inout Multipart, wait: Wait
    ) throws(ZeroMQError) -> Bool {
        let flags = wait == .never ? ZMQ_DONTWAIT : 0
        while unsafe zmq_msg_recv(message.nextSlot, handle.pointer, flags) == -1 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return false
            default: throw .last(.receive)
            }
        }
        return true
    }
}
