import Glibc
import Synchronization
package import Threads

/// SIGINT and SIGTERM as a request to stop cleanly; a second one ends the process at once.
package final class Interruption: Sendable {
    /// Readable from the first request on, for all who wait; nobody clears it.
    package let wake: WakeEvent
    private let requested = Atomic<Bool>(false)

    package init() throws(WakeEventError) { wake = try WakeEvent() }

    package var isRequested: Bool { requested.load(ordering: .acquiring) }

    package func request() {
        requested.store(true, ordering: .releasing)
        wake.signal()
    }

    /// For the one interruption of the process: from now on signals request it.
    package func catchSignals() {
        unsafe signalled = self
        signal(SIGINT, handleSignal)
        signal(SIGTERM, handleSignal)
    }
}

// Written once, before the handler that reads it is in place.
nonisolated(unsafe) private var signalled: Interruption?
private let signalCount = Atomic<Int>(0)

/// Runs in the middle of anything, so it may only do what signal-safety(7) lists: here atomic
/// operations and a write.
private func handleSignal(_ number: Int32) {
    guard signalCount.add(1, ordering: .relaxed).newValue == 1 else { _exit(128 + number) }
    unsafe signalled?.request()
}
