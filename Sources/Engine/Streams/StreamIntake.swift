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
    /// The last acknowledged number of each producer; they outlive the lives.
    private(set) var producers: [String: UInt64]

    init(
        key: StreamKey, life: UInt64 = 0, nextSequence: UInt64 = 0, isEnded: Bool = false,
        isEvicted: Bool = false, producers: [String: UInt64] = [:]
    ) {
        self.key = key
        self.life = life
        self.nextSequence = nextSequence
        self.isEnded = isEnded
        self.isEvicted = isEvicted
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
        if request.route != nil, let number = request.producerSequence {
            producers[request.producer] = number
        }
        return RequestPlace(key: key, life: life, sequence: nextSequence)
    }
}
