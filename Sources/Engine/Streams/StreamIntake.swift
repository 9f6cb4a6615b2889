import Journal
import Wire

/// How far the inputs of one name have been accepted: ahead of what the stream has read of them.
struct StreamIntake {
    /// The life that the next request belongs to.
    private(set) var key: StreamKey
    private(set) var life: UInt64
    private(set) var nextSequence: UInt64 = 0
    /// Its `end` was accepted: what comes belongs to the next life.
    private(set) var isEnded = false
    /// It was told to be evicted and not yet to be resumed.
    private(set) var isEvicted = false
    /// A message was begun and not ended.
    private(set) var isMessageOpen: Bool
    /// The last acknowledged number of each producer; they outlive the lives.
    private(set) var producers: [String: UInt64]

    init(
        key: StreamKey, life: UInt64 = 0, nextSequence: UInt64 = 0, isEnded: Bool = false,
        isEvicted: Bool = false, isMessageOpen: Bool = false, producers: [String: UInt64] = [:]
    ) {
        self.key = key
        self.life = life
        self.nextSequence = nextSequence
        self.isEnded = isEnded
        self.isEvicted = isEvicted
        self.isMessageOpen = isMessageOpen
        self.producers = producers
    }

    /// Producers of one name that are told apart at most.
    static let mostProducers = 1024

    /// Whether this came before: its producer resends what it has had no answer to.
    func isDuplicate(_ request: Request) -> Bool {
        guard request.route != nil, let number = request.producerSequence,
            let last = producers[request.producer]
        else { return false }
        return number <= last
    }

    /// Whether one more producer can be remembered, if this request is of a new one.
    func hasRoom(for request: Request) -> Bool {
        request.route == nil || request.producerSequence == nil
            || producers[request.producer] != nil || producers.count < Self.mostProducers
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

    /// Of the life after this one.
    func next(key: StreamKey) -> StreamIntake {
        StreamIntake(key: key, life: life + 1, producers: producers)
    }

    /// The place of the next request, which this is.
    mutating func take(_ request: Request) -> RequestPlace {
        defer { nextSequence += 1 }
        switch request.operation {
        case .end: isEnded = true
        case .evict: isEvicted = true
        case .resume: isEvicted = false
        case .text, .reset, .flush, .model, .put, .refusal: break
        }
        isMessageOpen = Self.isMessageOpen(
            after: request.operation, more: request.more, text: request.text, isMessageOpen)
        if request.route != nil, let number = request.producerSequence {
            producers[request.producer] = number
        }
        return RequestPlace(key: key, life: life, sequence: nextSequence)
    }
}
