import CLinux
import Glibc

/// Waits for many descriptors at once: epoll(7), level-triggered.
@safe struct Epoll: ~Copyable {
    struct Events: OptionSet {
        let rawValue: UInt32
        static let readable = Events(rawValue: EPOLLIN.rawValue)
        static let writable = Events(rawValue: EPOLLOUT.rawValue)
    }

    private let descriptor: Int32
    /// epoll(7) fills it; entries up to `count` are those of the last `wait`.
    private var buffer = unsafe [epoll_event](repeating: epoll_event(), count: 256)
    private var count = 0

    init() throws(ZeroMQError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw ZeroMQError(.poll, code: .init(errno)) }
    }

    deinit { close(descriptor) }

    /// Changes what a descriptor is watched for; it is set aside for nothing, so that not even an
    /// error of it wakes.
    func watch(_ descriptor: Int32, _ token: UInt64, from old: Events, to new: Events) {
        guard old != new else { return }
        let operation = old == [] ? EPOLL_CTL_ADD : new == [] ? EPOLL_CTL_DEL : EPOLL_CTL_MOD
        var event = unsafe epoll_event()
        unsafe event.events = new.rawValue
        unsafe event.data.u64 = token
        unsafe epoll_ctl(self.descriptor, operation, descriptor, &event)
    }

    /// Waits until something is ready or the time is over (nil: any time); returns how many are.
    mutating func wait(timeout: Duration?) -> Int {
        let timeout = Int32(clamping: timeout?.milliseconds ?? -1)
        let found = unsafe buffer.withUnsafeMutableBufferPointer {
            unsafe epoll_wait(descriptor, $0.baseAddress, Int32($0.count), timeout)
        }
        count = max(0, Int(found))
        return count
    }

    /// The token of one that is ready.
    func token(_ index: Int) -> UInt64 { unsafe buffer[index].data.u64 }
}
