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

/// Bytes that wait for room in a stream.
struct PendingBytes {
    private var bytes: [UInt8] = []
    private var start = 0

    var isEmpty: Bool { start == bytes.count }
    var count: Int { bytes.count - start }
    /// Rises with what is sent of them.
    private(set) var sentCount = 0

    mutating func append(_ more: Span<UInt8>) {
        if start > bytes.count / 2 {
            bytes.removeFirst(start)
            start = 0
        }
        unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Sends these, and then `more`, as far as there is room; keeps the rest. False if the other side
    /// is gone.
    mutating func send(_ more: Span<UInt8>, to stream: ByteStream) -> Bool {
        guard flush(to: stream) else { return false }
        guard isEmpty else {
            append(more)
            return true
        }
        var sent = 0
        while sent < more.count {
            switch stream.send(more.extracting(sent...)) {
            case .bytes(let count): sent += count
            case .none:
                append(more.extracting(sent...))
                return true
            case .ended: return false
            }
        }
        return true
    }

    /// Sends as much as there is room for. False if the other side is gone.
    mutating func flush(to stream: ByteStream) -> Bool {
        while !isEmpty {
            switch stream.send(bytes.span.extracting(start...)) {
            case .bytes(let count):
                start += count
                sentCount += count
            case .none: return true
            case .ended: return false
            }
        }
        // A connection at rest holds no memory.
        removeAll()
        return true
    }

    mutating func removeAll() {
        if !bytes.isEmpty { bytes = [] }
        start = 0
    }
}
