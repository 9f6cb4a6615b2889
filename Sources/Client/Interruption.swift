import Glibc
import Synchronization
package import Threads

/// SIGINT and SIGTERM as a request to stop cleanly; a second one ends the process at once.
package final class Interruption: Sendable {
    private let stop: StopSignal

    package init() throws(WakeEventError) { stop = try StopSignal() }

    /// Readable from the first request on; never cleared.
    package var wake: WakeEvent { stop.wake }
    package var isRequested: Bool { stop.isRequested }
    package func request() { stop.request() }
    /// Waits until the request, or for this long.
    package func wait(seconds: Double) { stop.wait(seconds: seconds) }

    /// One that signals request. Call it once in a process.
    package static func ofSignals() throws(WakeEventError) -> Interruption {
        let interruption = try Interruption()
        interruption.catchSignals()
        return interruption
    }

    /// Makes signals request this interruption. Call it for one interruption of the process only.
    package func catchSignals() {
        unsafe signalled = self
        signal(SIGINT, handleSignal)
        signal(SIGTERM, handleSignal)
    }
}

// Written once, before the handler that reads it is in place.
nonisolated(unsafe) private var signalled: Interruption?
private let signalCount = Atomic<Int>(0)

/// A signal handler: it may only do what signal-safety(7) lists, here atomic operations and a write.
private func handleSignal(_ number: Int32) {
    guard signalCount.add(1, ordering: .relaxed).newValue == 1 else { _exit(128 + number) }
    unsafe signalled?.request()
}
