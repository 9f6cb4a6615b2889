package import Wire

/// Events that were computed again, and which of those that were asked for are still to come.
package struct BackfillPage: Sendable {
    /// In the order of publication.
    package private(set) var events: [PublishedEvent] = []
    /// What the next page is to be asked for; empty if nothing is left.
    package internal(set) var rest: [EventKind: Range<UInt64>]
    /// The rest was published, but what it follows from is not in the store yet: ask again soon.
    package private(set) var isPending = false
    private var byteCount = 0

    init(rest: [EventKind: Range<UInt64>]) { self.rest = rest }

    package var isComplete: Bool { rest.isEmpty }

    func isFull(_ limits: Backfill.Limits, tokens: UInt64) -> Bool {
        events.count >= limits.events || byteCount >= limits.bytes
            || (tokens >= limits.tokens && !events.isEmpty)
    }

    /// Takes the wanted ones of these. False if some of them had no room: they are left for the next
    /// page.
    mutating func take(_ published: [PublishedEvent], _ limits: Backfill.Limits) -> Bool {
        for event in published {
            guard let range = rest[event.kind], range.contains(event.sequence) else { continue }
            guard events.count < limits.events else { return false }
            events.append(event)
            byteCount += event.body.count
            narrow(event.kind, from: event.sequence + 1)
        }
        return true
    }

    /// All events before these numbers have been computed: what is not there does not exist.
    mutating func pass(_ numbers: [EventKind: UInt64]) {
        for (kind, number) in numbers { narrow(kind, from: number) }
    }

    private mutating func narrow(_ kind: EventKind, from number: UInt64) {
        guard let range = rest[kind], number > range.lowerBound else { return }
        rest[kind] = number < range.upperBound ? number..<range.upperBound : nil
    }

    func pending() -> BackfillPage {
        var page = self
        page.isPending = !isComplete
        return page
    }
}

/// Why events cannot be computed again.
package enum BackfillError: Error, Equatable, CustomStringConvertible {
    /// The number is beyond the next one.
    case notPublished(EventKind, UInt64, next: UInt64)
    /// What the events follow from has been deleted by retention. The first numbers that are kept.
    case notKept(first: [EventKind: UInt64])
    /// Replay came to something else than the original run.
    case diverged(at: UInt64)
    case cancelled

    package var description: String {
        switch self {
        case .notPublished(let kind, let number, let next):
            "found number \(number) of \(kind.rawValue); expected at most \(next), the number of the "
                + "next event"
        case .notKept(let first):
            "these events are no longer kept; the first that are: "
                + EventKind.allCases.compactMap { kind in
                    first[kind].map { "\(kind.rawValue) \($0)" }
                }.joined(separator: ", ")
        case .diverged(let sequence):
            "replay of request \(sequence) came to another result than the stored one"
        case .cancelled: "cancelled"
        }
    }
}
