import Wire

/// Which events of a stream have been shown: all before these numbers, of one incarnation.
struct FollowedStream {
    /// The incarnation that the numbers count.
    private(set) var incarnation: UInt64
    /// The numbers of the next events.
    private(set) var next: [EventKind: UInt64]
    /// Kinds of which an event has come, or all before the next one are shown.
    private var begun: Set<EventKind>
    /// What `next` was when the incarnation was last known to be the present one.
    private(set) var verified: [EventKind: UInt64]
    /// What the daemon had published when it was last asked: what has not come since is missing.
    var published: (incarnation: UInt64, next: [EventKind: UInt64])?
    /// The latest number that came after it had been recovered.
    var late: [EventKind: UInt64] = [:]
    /// What could not be recovered when it was due.
    var holes: [(kind: EventKind, range: Range<UInt64>)] = []
    /// Another incarnation has begun that the daemon could not be asked about yet.
    private(set) var isUnsettled = false
    private var restarted: Set<EventKind> = []

    /// - Parameter begun: of which all events from `next` on are to be shown, whatever comes first.
    init(incarnation: UInt64, next: [EventKind: UInt64], begun: [EventKind] = []) {
        self.incarnation = incarnation
        self.next = next
        verified = next
        self.begun = Set(begun)
    }

    /// The first event of a kind that comes is the beginning, even where the daemon said that more had
    /// been published.
    mutating func beginIfNew(_ kind: EventKind, at number: UInt64) {
        guard begun.insert(kind).inserted, number < next[kind] ?? .max else { return }
        next[kind] = number
        verified[kind] = number
    }

    mutating func noteShown(_ kind: EventKind, before number: UInt64) {
        next[kind] = max(next[kind] ?? 0, number)
        begun.insert(kind)
    }

    mutating func noteVerified() { verified = next }

    /// The numbers of a kind have begun anew: those so far are of the incarnation that was followed.
    mutating func noteRestart(_ kind: EventKind) {
        if restarted.insert(kind).inserted { verified[kind] = next[kind] }
        isUnsettled = true
    }

    mutating func settle() { isUnsettled = false }

    /// Whether an event is the one that comes next.
    func isNext(_ kind: EventKind, _ number: UInt64) -> Bool {
        next[kind] == number && begun.contains(kind) && !isUnsettled
    }

    /// What is missing before an event.
    func hole(before number: UInt64, of kind: EventKind) -> Range<UInt64>? {
        guard let next = next[kind], next < number else { return nil }
        return next..<number
    }

    /// Events that the daemon had published and that have not come.
    func missing(
        of kinds: [EventKind], before end: [EventKind: UInt64]
    ) -> [EventKind: Range<UInt64>] {
        var ranges: [EventKind: Range<UInt64>] = [:]
        for kind in kinds {
            if let next = next[kind], let end = end[kind], next < end { ranges[kind] = next..<end }
        }
        return ranges
    }

    /// From the next events on.
    func rest(of kinds: [EventKind]) -> [EventKind: Range<UInt64>] {
        missing(of: kinds, before: Dictionary(kinds.map { ($0, .max) }) { $1 })
    }

    // MARK: Another incarnation

    /// All of which it is not certain that they were received, up to these numbers.
    func uncertain(
        of kinds: [EventKind], before end: [EventKind: UInt64]
    ) -> [EventKind: Range<UInt64>] {
        var start = self
        start.next = verified
        return start.missing(of: kinds, before: end)
    }

    mutating func noteVerified(_ kind: EventKind, before number: UInt64) {
        verified[kind] = max(verified[kind] ?? 0, number)
    }

    /// Goes on with the incarnation after this one, of which nothing is certain.
    mutating func beginNext(_ kinds: [EventKind]) {
        incarnation += 1
        verified = Dictionary(kinds.map { ($0, 0) }) { $1 }
        isUnsettled = true
    }
}
