import Synchronization
import Threads

/// What the application has taken of what the gate let through: written by the threads of sockets,
/// read by the gate's.
final class GateLedger: Sendable {
    /// Of one connection.
    final class Account: Sendable {
        let taken = Atomic<Int>(0)
        /// As `GateNotice` has it.
        let peer: String

        init(peer: String) { self.peer = peer }
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
    func remove(name: UInt64) { _ = accounts.withLock { $0.removeValue(forKey: name) } }

    /// - Parameter descriptor: libzmq's end of a connection.
    func took(_ bytes: Int, from descriptor: Int32) {
        guard let name = SocketAddress(peerOf: descriptor)?.abstractNumber,
            let account = accounts.withLock({ $0[name] })
        else { return }
        account.taken.add(bytes, ordering: .sequentiallyConsistent)
        takenInAll.add(bytes, ordering: .sequentiallyConsistent)
    }

    /// Who is at the other end of libzmq's end of a connection; nil if it is gone.
    func peer(of descriptor: Int32) -> String? {
        guard let name = SocketAddress(peerOf: descriptor)?.abstractNumber else { return nil }
        return accounts.withLock { $0[name]?.peer }
    }

    /// Wakes the gate if it waits for what was taken.
    func settle() {
        guard isAwaited.load(ordering: .sequentiallyConsistent) else { return }
        isAwaited.store(false, ordering: .sequentiallyConsistent)
        wake.signal()
    }
}
