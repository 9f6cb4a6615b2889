import CLinux
import Files
import Glibc
import Synchronization

/// Wakes a `Poller` in another thread (eventfd(2)); any number of signals before it wakes are one.
///
/// The waking thread first makes its work visible (say, puts it in a queue), then calls `signal()`;
/// the woken one calls `clear()` before it looks for work. No wake-up is then lost.
package final class WakeEvent: Sendable {
    package let fileDescriptor: Int32
    private let isSignalled = Atomic(false)

    package init() throws(WakeEventError) {
        fileDescriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard fileDescriptor >= 0 else { throw WakeEventError(reason: .last) }
    }

    deinit {
        close(fileDescriptor)
    }

    /// Any thread may call it; costs a system call only if the event is not yet signalled.
    package func signal() {
        guard !isSignalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var one: UInt64 = 1
        while unsafe write(fileDescriptor, &one, MemoryLayout<UInt64>.size) == -1, errno == EINTR {}
    }

    /// Makes the next `signal()` wake again. For the one thread that waits.
    package func clear() {
        var count: UInt64 = 0
        while unsafe read(fileDescriptor, &count, MemoryLayout<UInt64>.size) == -1, errno == EINTR {
        }
        // After the read, and by exchange: a signal in between is seen as work, not lost.
        _ = isSignalled.exchange(false, ordering: .acquiringAndReleasing)
    }
}
