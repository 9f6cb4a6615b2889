package import Storage

/// Reads an incarnation's requests in order, some at a time.
package struct RequestFeed {
    typealias Page = (_ sequence: UInt64, _ limit: Int) throws(StorageError) -> [SessionRequest]

    /// Bytes of text to read at once, about, and how many requests at most.
    private static let portionBytes = 1 << 20
    private static let portionLimit = 256

    private let page: Page
    private var next: UInt64
    private var portion = 16
    private var ready: ArraySlice<SessionRequest> = []

    /// - Parameter page: gives requests from a sequence on.
    init(from sequence: UInt64, _ page: @escaping Page) {
        next = sequence
        self.page = page
    }

    package init(_ session: Session, from sequence: UInt64 = 0) {
        self.init(from: sequence, session.requests)
    }

    /// The coming request, which stays; nil after the last.
    mutating func peek() throws(StorageError) -> SessionRequest? {
        if ready.isEmpty { try fill() }
        return ready.first
    }

    package mutating func take() throws(StorageError) -> SessionRequest? {
        guard let request = try peek() else { return nil }
        ready.removeFirst()
        return request
    }

    private mutating func fill() throws(StorageError) {
        ready = try page(next, portion)[...]
        guard let last = ready.last else { return }
        next = last.record.sequence + 1
        let bytes = ready.reduce(0) { $0 + $1.record.text.count }
        let mean = max(1, bytes / ready.count)
        portion = min(Self.portionLimit, portion * 2, max(1, Self.portionBytes / mean))
    }
}
