import Synchronization

/// What one connection has of the budget of all: the bytes of its messages that the application has not
/// taken, and of the one that is not complete.
struct GateShare {
    private let budget: GateBudget
    private let ledger: GateLedger
    private let account: GateLedger.Account
    private var complete = 0
    private(set) var incomplete = 0

    init(_ budget: GateBudget, _ ledger: GateLedger, _ account: GateLedger.Account) {
        self.budget = budget
        self.ledger = ledger
        self.account = account
    }

    /// Complete messages that the application has not taken.
    var waiting: Int { complete - account.taken.load(ordering: .sequentiallyConsistent) }

    /// - Parameter complete: of all messages so far.
    mutating func set(complete: Int, incomplete: Int) {
        budget.count(
            complete: complete - self.complete, incomplete: incomplete - self.incomplete)
        self.complete = complete
        self.incomplete = incomplete
    }

    /// Whether more may come for now. If not, the gate is woken when something was taken.
    func hasRoom(_ rules: GateRules) -> Bool {
        if isWithinLimits(rules) { return true }
        awaitTaking()
        // What was taken before this connection was marked as waiting.
        return isWithinLimits(rules)
    }

    func awaitTaking() { ledger.isAwaited.store(true, ordering: .sequentiallyConsistent) }

    private func isWithinLimits(_ rules: GateRules) -> Bool {
        let waiting = waiting
        // An unfinished message is received to its end; otherwise it would wait for itself.
        let isOwnFull = waiting > 0 && waiting + incomplete >= rules.peerBytes
        return !isOwnFull && budget.hasRoom
    }

    /// The connection has ended.
    mutating func release(_ socket: GateLedger.SocketAccount, _ now: ContinuousClock.Instant) {
        budget.addOrphan(waiting, of: socket, now: now)
        budget.count(complete: 0, incomplete: -incomplete)
        incomplete = 0
    }
}
