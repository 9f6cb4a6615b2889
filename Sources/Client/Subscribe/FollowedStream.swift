import Wire

/// Which events of a stream have been shown, of one incarnation and of those after it.
struct FollowedStream {
    /// All incarnations before this one are done with.
    private(set) var incarnation: UInt64
    private var shown: [EventKind: ShownNumbers] = [:]
    /// Bodies of shown events of which it is not known which later incarnation they are of.
    private var strays: [EventKind: Set<ShownNumber>] = [:]
    /// Events that come are of no incarnation before this one. Of earlier ones than the one that is
    /// followed they have been recovered, and may still be on their way.
    var oldest: UInt64
    /// Events were shown that may not be those that their numbers say: all since the last check must be
    /// compared with what the daemon has.
    var isDoubtful = false
    /// What the daemon had published when it was last asked: what has not come since is missing.
    var published: (incarnation: UInt64, next: [EventKind: UInt64])?
    /// Events that have been recovered may still come.
    var isRecovering = false
    /// Until then, events that would have to be looked up are left to the next check.
    var nextLookup = ContinuousClock.now

    /// - Parameters:
    ///   - next: the numbers of the first events to show.
    ///   - isFirm: of a kind, events before its number are not shown even if one comes first.
    init(
        incarnation: UInt64, next: [EventKind: UInt64], kinds: [EventKind], isFirm: Bool
    ) {
        self.incarnation = incarnation
        oldest = incarnation
        for kind in kinds { shown[kind] = ShownNumbers(from: next[kind] ?? 0, isFirm: isFirm) }
    }

    /// What comes has not been recovered, and is of the incarnation that is followed, or a later one.
    var isCertain: Bool { oldest == incarnation && !isUnsettled && !isRecovering }
    /// What has been shown must be compared with what the daemon has.
    var isUnsettled: Bool { isDoubtful || !strays.isEmpty }

    func next(_ kind: EventKind) -> UInt64 { shown[kind]?.next ?? 0 }

    /// What an event is, by its number.
    enum Place {
        /// The one that must come next. It is noted as shown.
        case next
        /// It was recovered before it came, or the next check will show it.
        case late
        case unknown
    }

    mutating func take(_ event: EventMessage) -> Place {
        let (kind, number) = (event.topic.kind, event.sequence)
        // The first event of a kind that comes is the beginning.
        shown[kind, default: ShownNumbers(from: number, isFirm: false)].begin(at: number)
        let next = next(kind)
        if isCertain, number == next {
            note(kind, number, event.body.digest)
            return .next
        }
        return !isCertain && !isUnsettled && number < next ? .late : .unknown
    }

    func has(_ kind: EventKind, _ number: UInt64, _ digest: UInt32) -> Bool {
        shown[kind]?.has(number, digest) ?? false
    }

    func hasStrays(_ kind: EventKind) -> Bool { strays[kind] != nil }

    mutating func note(_ kind: EventKind, _ number: UInt64, _ digest: UInt32) {
        shown[kind, default: ShownNumbers(from: number, isFirm: true)].note(number, digest)
    }

    /// What is before these numbers and was not shown cannot be had.
    mutating func skip(_ ranges: [EventKind: Range<UInt64>]) {
        for (kind, range) in ranges { shown[kind]?.skip(before: range.upperBound) }
    }

    mutating func noteStray(_ kind: EventKind, _ number: UInt64, _ digest: UInt32) {
        strays[kind, default: []].insert(ShownNumber(number: number, digest: digest))
    }

    var strayCount: Int { strays.values.reduce(0) { $0 + $1.count } }

    /// From the next events up to these numbers.
    func missing(before end: [EventKind: UInt64]) -> [EventKind: Range<UInt64>] {
        ranges(before: end) { $0.next }
    }

    /// All that has not been compared, up to these numbers; without them, to the last one.
    func unverified(before end: [EventKind: UInt64]?) -> [EventKind: Range<UInt64>] {
        ranges(before: end) { $0.first }
    }

    private func ranges(
        before end: [EventKind: UInt64]?, from start: (ShownNumbers) -> UInt64
    ) -> [EventKind: Range<UInt64>] {
        var ranges: [EventKind: Range<UInt64>] = [:]
        for (kind, numbers) in shown {
            let (start, end) = (start(numbers), end.map { $0[kind] ?? 0 } ?? .max)
            if start < end { ranges[kind] = start..<end }
        }
        return ranges
    }

    /// How many of these have not been shown.
    func unshownCount(_ kind: EventKind, _ range: Range<UInt64>) -> UInt64 {
        shown[kind]?.unshownCount(range) ?? UInt64(range.count)
    }

    /// The incarnation's event of this number.
    ///
    /// - Returns: whether it has not been shown.
    mutating func verify(_ kind: EventKind, _ number: UInt64, _ digest: UInt32) -> Bool {
        let isShown = has(kind, number, digest)
        verify(kind, before: number)
        if isShown {
            shown[kind]?.drop(before: number + 1)
            return false
        }
        verify(kind, before: number + 1)
        let stray = ShownNumber(number: number, digest: digest)
        guard strays[kind]?.remove(stray) != nil else { return true }
        if strays[kind]?.isEmpty == true { strays[kind] = nil }
        return false
    }

    /// Those before a number that were shown and not found are of a later incarnation.
    mutating func verify(_ kind: EventKind, before number: UInt64) {
        for stray in shown[kind]?.drop(before: number) ?? [] {
            noteStray(kind, stray.number, stray.digest)
        }
    }

    /// All that was shown is what its numbers say.
    mutating func noteVerified() {
        for kind in shown.keys { shown[kind]?.noteVerified() }
        isDoubtful = false
        strays = [:]
    }

    /// All of the incarnation has been shown: goes on with the one after it.
    mutating func beginNext() {
        for kind in shown.keys {
            verify(kind, before: .max)
            shown[kind] = ShownNumbers(from: 0, isFirm: true)
        }
        incarnation += 1
    }
}
