import Glibc

/// A connected stream socket that never waits; closed with its last reference.
final class ByteStream {
    enum Transfer: Equatable {
        case bytes(Int)
        /// Nothing is there, or there is no room.
        case none
        /// The other side is gone.
        case ended
    }

    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Receives into the beginning of a buffer.
    func receive(into buffer: inout [UInt8]) -> Transfer {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            if count > 0 { return .bytes(count) }
            if count < 0 && errno == EINTR { continue }
            return count < 0 && errno == EAGAIN ? .none : .ended
        }
    }

    func send(_ bytes: Span<UInt8>) -> Transfer {
        while true {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            }
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .none : .ended
        }
    }

    /// Tells the other side that no more will come.
    func endSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }
}
