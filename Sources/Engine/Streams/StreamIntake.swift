import Names
import Storage
import Wire

/// How far the inputs of one name have been accepted: ahead of what the stream has read of them.
struct StreamIntake {
    /// The incarnation that the next request belongs to.
    private(set) var key: StreamKey
    private(set) var incarnation: UInt64
    private(set) var nextSequence: UInt64 = 0
    /// Its `end` was accepted: what comes belongs to the next incarnation.
    private(set) var isEnded = false
    /// Its eviction was accepted and its return was not yet.
    private(set) var isEvicted = false
    /// A message was begun and not ended.
    private(set) var isMessageOpen: Bool
    /// They outlive the incarnations.
    private(set) var producers: KnownProducers

    init(
        key: StreamKey, incarnation: UInt64 = 0, nextSequence: UInt64 = 0, isEnded: Bool = false,
        isEvicted: Bool = false, isMessageOpen: Bool = false,
        producers: KnownProducers = KnownProducers()
    ) {
        self.key = key
        self.incarnation = incarnation
        self.nextSequence = nextSequence
        self.isEnded = isEnded
        self.isEvicted = isEvicted
        self.isMessageOpen = isMessageOpen
        self.producers = producers
    }

    /// Whether this came before: its producer resends what was not answered.
    func isDuplicate(_ request: Request) -> Bool {
        guard request.replyTo != nil, let number = request.producerSequence,
            let last = producers.last(of: request.producer)
        else { return false }
        return number <= last
    }

    /// Its producer, which it says is done; false if that is known.
    mutating func noteLeaving(_ request: Request) -> Bool {
        request.isLast && producers.leave(request.producer)
    }

    /// Whether a message is open after a request, by whether one was before it.
    static func isMessageOpen(
        after operation: Request.Operation, more: Bool, text: [UInt8], _ isOpen: Bool
    ) -> Bool {
        switch operation {
        case .text: more
        case .put: (try? StreamSnapshot(decoding: text))?.state.messageStart != nil
        case .end, .reset, .model: false
        case .flush, .evict, .resume, .refusal: isOpen
        }
    }

    /// Of the incarnation after this one.
    func next(key: StreamKey) -> StreamIntake {
        StreamIntake(key: key, incarnation: incarnation + 1, producers: producers)
    }

    /// The position of this request, which is the next, and the producer that is forgotten for it.
    ///
    /// - Parameter time: when it was accepted, in seconds since 1970.
    mutating func take(
        _ request: Request, at time: Double
    ) -> (place: RequestPlace, forgotten: Name?) {
        defer { nextSequence += 1 }
        switch request.operation {
        case .end: isEnded = true
        case .evict: isEvicted = true
        case .resume: isEvicted = false
        case .text, .reset, .flush, .model, .put, .refusal: break
        }
        isMessageOpen = Self.isMessageOpen(
            after: request.operation, more: request.more, text: request.text, isMessageOpen)
        var forgotten: Name?
        if request.replyTo != nil, let number = request.producerSequence {
            forgotten = producers.note(
                request.producer, number, time: time, isDone: request.isLast)
        }
        return (RequestPlace(key: key, incarnation: incarnation, sequence: nextSequence), forgotten)
    }
}
