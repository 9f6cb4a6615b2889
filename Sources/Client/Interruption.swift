import Glibc
import Synchronization

/// SIGINT and SIGTERM as a request to stop cleanly; a second one ends the process at once.
package final class Interruption: Sendable {
    /// Readable from the first request on, for all who wait for it.
    package let descriptor: Descriptor
    private let writer: Descriptor

    package init() throws(ClientError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0 else {
            throw .systemFailure("cannot make a pipe: \(lastErrorText())")
        }
        descriptor = Descriptor(owning: ends[0])
        writer = Descriptor(owning: ends[1])
    }

    package func request() { writeByte(to: writer.number) }

    /// For the one interruption of the process: from now on signals request it.
    package func catchSignals() {
        // Not closed with this object, since a signal may come at any time.
        signalWriter.store(dup(writer.number), ordering: .releasing)
        signal(SIGINT, handleSignal)
        signal(SIGTERM, handleSignal)
    }
}

private let signalWriter = Atomic<Int32>(-1)
private let signalCount = Atomic<Int>(0)

/// Runs in the middle of anything, so it may only do what signal-safety(7) lists.
private func handleSignal(_ number: Int32) {
    guard signalCount.add(1, ordering: .relaxed).newValue == 1 else { _exit(128 + number) }
    writeByte(to: signalWriter.load(ordering: .acquiring))
}

private func writeByte(to descriptor: Int32) {
    var byte: UInt8 = 0
    unsafe write(descriptor, &byte, 1)
}
