import CZeroMQ

extension Socket {
    /// Subscribes to every message that begins with `topic`; an empty topic means all. SUB, and
    /// XSUB, which also receives other messages.
    ///
    /// Refuses topics of 246 to 255 bytes: libzmq 4.3.4 closes the connection over them.
    package func subscribe(_ topic: some Collection<UInt8>) throws(ZeroMQError) {
        guard !(246...255).contains(topic.count) else {
            throw ZeroMQError(.subscribe, code: .messageTooLong)
        }
        guard kind == .sub else {
            let message = [1] + Array(topic)
            _ = try send(message.span)
            return
        }
        try check(handle.setBytes(ZMQ_SUBSCRIBE, topic), .subscribe)
    }

    /// Ends a subscription.
    package func unsubscribe(_ topic: some Collection<UInt8>) throws(ZeroMQError) {
        guard kind == .sub else {
            let message = [0] + Array(topic)
            _ = try send(message.span)
            return
        }
        try check(handle.setBytes(ZMQ_UNSUBSCRIBE, topic), .subscribe)
    }

    package func subscribe(_ topic: String) throws(ZeroMQError) {
        try subscribe(topic.utf8)
    }
}
