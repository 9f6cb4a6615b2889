import Storage

/// Reads an incarnation's requests in order, some at a time.
struct RequestFeed {
    /// Bytes of text to read at once, about, and how many requests at most.
    private static let portionBytes = 1 << 20
    private static let portionLimit = 256

    private let session: Session
    private let source: RequestSource
    private var next: UInt64
    private var portion = 16
    private var ready: ArraySlice<SessionRequest> = []

    init(_ session: Session, _ source: RequestSource = .stored, from sequence: UInt64) {
        self.session = session
        self.source = source
        next = sequence
        if case .list(let requests) = source {
            ready = requests.drop { $0.record.sequence < sequence }
        }
    }

    /// The coming request, which stays; nil after the last.
    mutating func peek() throws(StorageError) -> SessionRequest? {
        if ready.isEmpty { try fill() }
        return ready.first
    }

    mutating func take() throws(StorageError) -> SessionRequest? {
        guard let request = try peek() else { return nil }
        ready.removeFirst()
        return request
    }

    private mutating func fill() throws(StorageError) {
        guard case .stored = source else { return }
        ready = try session.requests(from: next, limit: portion)[...]
        guard let last = ready.last else { return }
        next = last.record.sequence + 1
        let bytes = ready.reduce(0) { $0 + $1.record.text.count }
        let mean = max(1, bytes / ready.count)
        portion = min(Self.portionLimit, portion * 2, max(1, Self.portionBytes / mean))
    }
}
