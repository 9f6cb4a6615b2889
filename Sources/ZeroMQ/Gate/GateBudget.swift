import CLinux
import Glibc
import Synchronization

/// The budget that all connections of a gate share. It belongs to the gate's thread.
final class GateBudget {
    /// Bytes of a closed connection that the application may not have taken yet.
    private struct Orphan {
        let bytes: Int
        let socket: GateLedger.SocketAccount
        let timesEmpty: Int
        let end: ContinuousClock.Instant
    }

    private var totals: GateTotals
    private let ledger: GateLedger
    /// Of complete messages: passed on, less what was released without being taken.
    private var letThrough = 0
    private(set) var incomplete = 0
    private(set) var subscriptions = 0
    var changes: GateRate
    var handshakes: GateHandshakes
    /// Of operators, who get in during a flood elsewhere.
    var administrativeHandshakes: GateHandshakes
    var keys = GateKeys()
    private var orphans: [Orphan] = []
    /// Bytes received since memory was last returned to the system.
    private var untrimmed = 0
    private var nextTrim: ContinuousClock.Instant?
    private var pausesDone = 0

    /// How long the bytes of a closed connection are counted at most.
    private static let orphanTime = Duration.seconds(30)
    private static let trimBytes = 32 << 20
    private static let trimPauses: [Duration] = [1, 1, 2, 4, 8, 16, 32].map { .seconds($0) }

    init(_ totals: GateTotals, _ ledger: GateLedger) {
        self.totals = totals
        self.ledger = ledger
        changes = GateRate(perSecond: totals.changesPerSecond, burst: totals.subscriptions)
        handshakes = GateHandshakes(totals)
        administrativeHandshakes = handshakes
    }

    func set(_ totals: GateTotals) {
        self.totals = totals
        changes.set(perSecond: totals.changesPerSecond, burst: totals.subscriptions)
        handshakes.set(totals)
        administrativeHandshakes.set(totals)
    }

    /// Bytes that wait for the application.
    private var waiting: Int {
        letThrough - ledger.takenInAll.load(ordering: .sequentiallyConsistent) + incomplete
    }

    var hasRoom: Bool { waiting < totals.bytes }
    var hasTooMuchIncomplete: Bool { incomplete > totals.bytes / 2 }
    var incompleteLimit: Int { totals.bytes / 2 }

    func count(complete: Int, incomplete change: Int) {
        letThrough += complete
        incomplete += change
        untrimmed += max(0, complete + change)
    }

    func addSubscriptions(_ count: Int) throws(GateRefusal) {
        subscriptions += count
        guard count > 0, subscriptions > totals.subscriptions else { return }
        throw GateRefusal(
            .subscriptions,
            "all subscribers together have more than \(totals.subscriptions) subscriptions, counting "
                + "one for each \(GateRules.subscriptionUnit) bytes begun of a topic")
    }

    func removeSubscriptions(_ count: Int) { subscriptions -= count }

    // MARK: Closed connections

    func addOrphan(
        _ bytes: Int, of socket: GateLedger.SocketAccount, now: ContinuousClock.Instant
    ) {
        guard bytes > 0 else { return }
        orphans.append(
            Orphan(
                bytes: bytes, socket: socket,
                timesEmpty: socket.timesEmpty.load(ordering: .sequentiallyConsistent),
                end: now + Self.orphanTime))
    }

    /// Releases what the application must have taken by now. Returns when to call it again.
    func releaseOrphans(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        orphans.removeAll { orphan in
            let isTaken =
                orphan.socket.timesEmpty.load(ordering: .sequentiallyConsistent)
                > orphan.timesEmpty
            guard isTaken || orphan.end <= now else { return false }
            letThrough -= orphan.bytes
            return true
        }
        return orphans.first?.end
    }

    // MARK: Memory

    /// Whether enough was received for `trim` to be called.
    var isTrimDue: Bool { untrimmed >= Self.trimBytes }

    /// Returns memory to the system after much was received: soon, and again later, since the bytes
    /// may be in use for a while. Returns when to call it again.
    func trim(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        if untrimmed >= Self.trimBytes {
            untrimmed = 0
            nextTrim = nextTrim ?? now + Self.trimPauses[0]
            pausesDone = 0
        }
        guard let due = nextTrim, due <= now else { return nextTrim }
        malloc_trim(0)
        pausesDone += 1
        let isDone = pausesDone == Self.trimPauses.count
        nextTrim = isDone ? nil : now + Self.trimPauses[pausesDone]
        return nextTrim
    }
}
