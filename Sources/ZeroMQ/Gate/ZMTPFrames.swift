/// Cuts bytes into the frames of a ZMTP 3 connection after its greeting, whole ones only.
struct ZMTPFrames {
    struct Frame: Equatable {
        let flags: UInt8
        let body: [UInt8]

        var isCommand: Bool { flags & 4 != 0 }
        var hasMore: Bool { flags & 1 != 0 }
    }

    /// The beginning of the next frame.
    private var bytes: [UInt8] = []
    private var start = 0

    /// Bytes of an unfinished frame.
    var byteCount: Int { bytes.count - start }

    mutating func append(_ more: Span<UInt8>) {
        unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// The next frame; nil until it is complete.
    ///
    /// - Parameter limit: bytes of a body.
    mutating func next(limit: Int) throws(GateRefusal) -> Frame? {
        guard let (flags, head, size) = try header(limit: limit), byteCount >= head + size else {
            compact()
            return nil
        }
        let body = Array(bytes[start + head..<start + head + size])
        start += head + size
        if start == bytes.count { removeAll() }
        return Frame(flags: flags, body: body)
    }

    private func header(
        limit: Int
    ) throws(GateRefusal) -> (flags: UInt8, head: Int, size: Int)? {
        guard byteCount >= 2 else { return nil }
        let flags = bytes[start]
        guard flags & 0xF8 == 0, flags & 5 != 5 else {
            throw GateRefusal(.malformed, "a frame has the flags \(flags); expected 0 to 4, or 6")
        }
        let head = flags & 2 != 0 ? 9 : 2
        guard byteCount >= head else { return nil }
        let size = bytes[start + 1..<start + head].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard size <= UInt64(limit) else {
            throw GateRefusal(
                .frameBytes, "a frame has \(size) bytes; expected at most \(limit)")
        }
        return (flags, head, Int(size))
    }

    private mutating func compact() {
        guard start > 0 else { return }
        bytes.removeFirst(start)
        start = 0
    }

    private mutating func removeAll() {
        bytes = []
        start = 0
    }

    /// A frame's bytes on the wire.
    ///
    /// - Parameter flags: 1 for more, 4 for a command.
    static func bytes(_ body: [UInt8], flags: UInt8) -> [UInt8] {
        if body.count < 256 { return [flags, UInt8(body.count)] + body }
        let size = (0..<8).map { UInt8(truncatingIfNeeded: body.count >> (56 - 8 * $0)) }
        return [flags | 2] + size + body
    }
}
