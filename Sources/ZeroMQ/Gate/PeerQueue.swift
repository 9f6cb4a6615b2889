import Metrics

/// What waits at the gate for one peer until it reads. It belongs to the gate's thread.
struct PeerQueue {
    /// How much may wait, and what becomes of the peer if more would.
    typealias Bound = (bytes: Int, slow: GateReaders.Slow)

    private let stream: ByteStream
    private let readers: GateReaders
    private var waiting = PendingBytes()
    private var cut = MessageCut()
    /// Too much waits.
    private(set) var isFull = false
    /// The peer cannot be written to, or is no longer.
    private(set) var isDeaf = false
    /// Since when the peer has taken nothing of what waits.
    private var since = ContinuousClock.Instant.now
    private var sentCount = 0

    init(to stream: ByteStream, of readers: GateReaders) {
        self.stream = stream
        self.readers = readers
    }

    var isEmpty: Bool { waiting.isEmpty }

    /// Whether to take more from libzmq.
    func hasRoom(_ bound: Bound, isHandshaking: Bool) -> Bool {
        isEmpty || !isHandshaking && (bound.slow == .skipped || waiting.count < bound.bytes)
    }

    /// Sends libzmq's bytes without the messages that the peer has to miss.
    mutating func send(_ bytes: Span<UInt8>, _ bound: Bound) {
        for kept in keep(bytes, bound) { add(bytes.extracting(kept)) }
    }

    /// The same with what becomes of them. False if that is nothing, which ends the connection.
    mutating func send(
        _ bytes: Span<UInt8>, _ bound: Bound, encrypted: (Span<UInt8>) -> [UInt8]?
    ) -> Bool {
        for kept in keep(bytes, bound) {
            guard let bytes = encrypted(bytes.extracting(kept)) else { return false }
            add(bytes.span)
        }
        return true
    }

    private mutating func keep(_ bytes: Span<UInt8>, _ bound: Bound) -> [Range<Int>] {
        let missed = cut.leftOut
        let room = bound.slow == .skipped ? bound.bytes - waiting.count : .max
        let kept = cut.take(bytes, room: room)
        if cut.leftOut > missed { readers.lost.add(cut.leftOut - missed) }
        return kept
    }

    /// Sends bytes as they are.
    mutating func add(_ bytes: Span<UInt8>) {
        if !isDeaf { isDeaf = !waiting.send(bytes, to: stream) }
    }

    /// Sends what waits, as far as there is room.
    mutating func flush(_ bound: Bound, _ now: ContinuousClock.Instant) {
        if !isDeaf && !isEmpty { isDeaf = !waiting.flush(to: stream) }
        if isDeaf { waiting.removeAll() }
        if isEmpty || waiting.sentCount != sentCount {
            (since, sentCount) = (now, waiting.sentCount)
        }
        note(isFull: !isEmpty && waiting.count >= bound.bytes)
    }

    /// Sends nothing more.
    mutating func end() { isDeaf = true }

    /// The connection is gone.
    mutating func release() { note(isFull: false) }

    private mutating func note(isFull isNow: Bool) {
        guard isNow != isFull else { return }
        isFull = isNow
        readers.note(isFull: isNow)
    }

    // MARK: Slow readers

    /// When the peer will have taken nothing for too long; nil where that is no matter.
    ///
    /// - Throws: `GateRefusal` if it is too late, or too much waits.
    func deadline(
        _ bound: Bound, _ now: ContinuousClock.Instant
    ) throws(GateRefusal) -> ContinuousClock.Instant? {
        guard case .disconnected(let patience) = bound.slow, !isEmpty else { return nil }
        guard !isFull else {
            throw GateRefusal.slow(
                "\(waiting.count) bytes wait for it; expected less than \(bound.bytes)")
        }
        guard since + patience > now else {
            throw GateRefusal.slow(
                "it has taken nothing for \(patience), and \(waiting.count) bytes wait for it")
        }
        return since + patience
    }
}

extension GateRefusal {
    static func slow(_ found: String) -> GateRefusal {
        GateRefusal(.slow, "the reader is too slow: " + found)
    }
}
