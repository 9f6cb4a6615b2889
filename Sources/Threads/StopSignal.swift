import Glibc
import Synchronization

/// A request to stop: made once, by any thread or by a signal handler, and never taken back.
package final class StopSignal: Sendable {
    /// Wakes a thread that waits in a poller.
    package let wake: WakeEvent
    private let requested = Atomic<Bool>(false)

    package init() throws(WakeEventError) { wake = try WakeEvent() }

    /// - Parameter wake: what the thread already waits for.
    package init(waking wake: WakeEvent) { self.wake = wake }

    package var isRequested: Bool { requested.load(ordering: .acquiring) }

    package func request() {
        requested.store(true, ordering: .releasing)
        wake.signal()
    }

    /// Pauses a thread that waits for nothing else: until the request, or for this long.
    package func wait(seconds: Double) {
        let end = ContinuousClock.now + .seconds(seconds)
        while !isRequested {
            let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
            guard left > 0 else { return }
            // poll(2) counts in milliseconds.
            guard left >= 1 else {
                _ = usleep(UInt32(left * 1000))
                return
            }
            var event = pollfd(fd: wake.fileDescriptor, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&event, 1, Int32(min(left, 1e9)))
        }
    }
}
