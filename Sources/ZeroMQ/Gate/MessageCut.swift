/// Finds the messages in what libzmq sends to the gate (ZMTP 3), so that whole ones can be left out.
///
/// The greeting and commands are always kept. The bytes may be cut anywhere.
struct MessageCut {
    private var greetingLeft = ZMTPGreeting.byteCount
    private var header = Header()
    /// Of the frame that has begun.
    private var bodyLeft: UInt64 = 0
    /// The next frame that is no command goes on with the latest message.
    private var isInMessage = false
    /// The latest message is left out.
    private var isLeftOut = false
    /// The latest frame is kept.
    private var isKept = true

    /// How many messages were left out.
    private(set) var leftOut = 0

    /// Finds what is kept of the next bytes, as few ranges as possible, in order.
    ///
    /// - Parameter room: in bytes; a message is kept if fewer are kept before its beginning.
    mutating func take(_ bytes: Span<UInt8>, room: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = min(greetingLeft, bytes.count)
        greetingLeft -= index
        var start = 0
        var kept = 0
        while index < bytes.count {
            let wasKept = isKept
            let frame = index
            if bodyLeft == 0 {
                if header.isEmpty {
                    let pending = wasKept ? index - start : 0
                    begin(flags: bytes[index], hasRoom: kept + pending < room)
                }
                index += 1
                if let size = header.take(bytes[frame]) { bodyLeft = size }
            } else {
                let count = Int(min(bodyLeft, UInt64(bytes.count - index)))
                bodyLeft -= UInt64(count)
                index += count
            }
            guard isKept != wasKept else { continue }
            if wasKept, start < frame {
                ranges.append(start..<frame)
                kept += frame - start
            }
            start = frame
        }
        if isKept, start < bytes.count { ranges.append(start..<bytes.count) }
        return ranges
    }

    private mutating func begin(flags: UInt8, hasRoom: Bool) {
        guard flags & 4 == 0 else {
            isKept = true
            return
        }
        if !isInMessage {
            isLeftOut = !hasRoom
            if isLeftOut { leftOut += 1 }
        }
        isInMessage = flags & 1 != 0
        isKept = !isLeftOut
    }

    /// Of a frame: flags, and its size in 1 or 8 bytes.
    private struct Header {
        private var count = 0
        private var length = 0
        private var size: UInt64 = 0

        var isEmpty: Bool { count == 0 }

        /// The size once the header is complete.
        mutating func take(_ byte: UInt8) -> UInt64? {
            count += 1
            guard count > 1 else {
                length = byte & 2 != 0 ? 9 : 2
                return nil
            }
            size = size << 8 | UInt64(byte)
            guard count == length else { return nil }
            defer { self = Header() }
            return size
        }
    }
}
