import DequeModule

/// Bytes that wait for room in a stream. What has been sent gives its memory back piece by piece.
struct PendingBytes {
    private var pieces: Deque<[UInt8]> = []
    /// Bytes of the first piece that have been sent.
    private var start = 0
    private(set) var count = 0
    /// Rises with what is sent of them.
    private(set) var sentCount = 0

    /// Bytes are added to a piece up to this size.
    private static let pieceBytes = 64 << 10

    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: Span<UInt8>) {
        count += more.count
        var index = 0
        if let last = pieces.indices.last, pieces[last].count < Self.pieceBytes {
            index = min(more.count, Self.pieceBytes - pieces[last].count)
            unsafe more.extracting(..<index).withUnsafeBufferPointer {
                unsafe pieces[last].append(contentsOf: $0)
            }
        }
        guard index < more.count else { return }
        unsafe more.extracting(index...).withUnsafeBufferPointer {
            unsafe pieces.append(Array($0))
        }
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
            case .bytes(let count):
                sent += count
                sentCount += count
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
        while let piece = pieces.first {
            switch stream.send(piece.span.extracting(start...)) {
            case .bytes(let sent): drop(sent, of: piece.count)
            case .none: return true
            case .ended: return false
            }
        }
        // A connection at rest holds no memory.
        removeAll()
        return true
    }

    private mutating func drop(_ sent: Int, of pieceCount: Int) {
        count -= sent
        sentCount += sent
        start += sent
        guard start == pieceCount else { return }
        pieces.removeFirst()
        start = 0
    }

    mutating func removeAll() {
        if !pieces.isEmpty || count > 0 { pieces = [] }
        (start, count) = (0, 0)
    }
}
