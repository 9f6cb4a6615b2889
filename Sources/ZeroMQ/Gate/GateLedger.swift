import Synchronization
import Threads

/// What the application has taken of what the gate let through: written by the threads of sockets,
/// read by the gate's.
final class GateLedger: Sendable {
    /// Of one connection.
    final class Account: Sendable {
        let taken = Atomic<Int>(0)
        /// Messages that the application refused because of a limit.
        let refused = Atomic<Int>(0)
        /// What it had is an orphan's now (`GateBudget`).
        let hasEnded = Atomic<Bool>(false)
        let connection: UInt64
        /// As `GateNotice` has it.
        let peer: String

        init(connection: UInt64, peer: String) {
            self.connection = connection
            self.peer = peer
        }
    }

    /// Of one socket of the application: how often it found nothing more to take.
    final class SocketAccount: Sendable {
        let timesEmpty = Atomic<Int>(0)
    }

    let wake: WakeEvent
    let takenInAll = Atomic<Int>(0)
    /// Whether a connection waits until something is taken.
    let isAwaited = Atomic<Bool>(false)
    /// By the name of the gate's end of the connection to libzmq.
    private let accounts = Mutex<[UInt64: Account]>([:])

    init() throws(WakeEventError) { wake = try WakeEvent() }

    func add(_ account: Account, name: UInt64) { accounts.withLock { $0[name] = account } }
    func remove(name: UInt64) {
        let account = accounts.withLock { $0.removeValue(forKey: name) }
        account?.hasEnded.store(true, ordering: .sequentiallyConsistent)
    }

    /// Of the connection that libzmq's end belongs to; nil if it is gone.
    func account(of descriptor: Int32) -> Account? {
        guard let name = SocketAddress(peerOf: descriptor)?.abstractNumber else { return nil }
        return accounts.withLock { $0[name] }
    }

    func took(_ bytes: Int, of account: Account) {
        guard !account.hasEnded.load(ordering: .sequentiallyConsistent) else { return }
        account.taken.add(bytes, ordering: .sequentiallyConsistent)
        takenInAll.add(bytes, ordering: .sequentiallyConsistent)
    }

    /// Wakes the gate if it waits for what was taken.
    func settle() {
        guard isAwaited.load(ordering: .sequentiallyConsistent) else { return }
        isAwaited.store(false, ordering: .sequentiallyConsistent)
        wake.signal()
    }
}
