import Glibc
import Synchronization
import Threads

/// What the application has taken of what the gate let through: written by the threads of sockets,
/// read by the gate's.
final class GateLedger: Sendable {
    /// Of one connection.
    final class Account: Sendable {
        let taken = Atomic<Int>(0)
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
        guard let name = AbstractName.peer(of: descriptor),
            let account = accounts.withLock({ $0[name] })
        else { return }
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

/// Names in the abstract namespace that the kernel gives: a NUL and five hexadecimal digits
/// (unix(7), "Autobind feature").
enum AbstractName {
    /// Gives a new socket a name of its own.
    static func bind(_ descriptor: Int32) -> UInt64? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let status = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sa_family_t>.size))
            }
        }
        guard status == 0 else { return nil }
        return unsafe read { unsafe getsockname(descriptor, $0, $1) }
    }

    /// The name of the peer; nil if it has no such name.
    static func peer(of descriptor: Int32) -> UInt64? {
        unsafe read { unsafe getpeername(descriptor, $0, $1) }
    }

    private static func read(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> UInt64? {
        // The kernel writes at most `size` bytes, and a sockaddr_un is a sockaddr.
        var address = sockaddr_un()
        var size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call($0, &size) }
        }
        // The family, the NUL and at most 16 digits.
        guard status == 0, address.sun_family == sa_family_t(AF_UNIX), (4...19).contains(size)
        else { return nil }
        return unsafe withUnsafeBytes(of: address.sun_path) { path in
            guard unsafe path[0] == 0 else { return nil }
            let digits = unsafe String(decoding: path[1..<Int(size) - 2], as: UTF8.self)
            return UInt64(digits, radix: 16)
        }
    }
}
