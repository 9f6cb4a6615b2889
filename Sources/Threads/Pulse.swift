import Synchronization

/// Shows to a watchdog whether a thread's loop runs on.
///
/// The thread calls `beat` in each round in which it did what there was to do. `wake` ends its wait for
/// work, so that an idle thread beats, too. A call that waits for another thread, for a peer or for a
/// pause is no hang: it runs in `waiting`, and what it waits for is watched itself or has a bound.
package final class Pulse: Sendable {
    /// The thread's.
    package let name: String
    private let rounds = Atomic<UInt64>(0)
    private let waits = Atomic<Bool>(false)
    private let wakeThread: @Sendable () -> Void

    /// - Parameter wake: makes an idle thread begin a round; harmless at any time.
    package init(_ name: String, wake: @escaping @Sendable () -> Void) {
        self.name = name
        wakeThread = wake
    }

    package func beat() { rounds.add(1, ordering: .relaxed) }

    package func waiting<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        waits.store(true, ordering: .relaxed)
        defer {
            waits.store(false, ordering: .relaxed)
            beat()
        }
        return try body()
    }

    // MARK: For the watchdog

    var count: UInt64 { rounds.load(ordering: .relaxed) }
    var isWaiting: Bool { waits.load(ordering: .relaxed) }
    func wake() { wakeThread() }
}
