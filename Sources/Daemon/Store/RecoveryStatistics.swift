import Metrics
import Synchronization

/// What the start had to read again.
final class RecoveryStatistics: MetricSet {
    let streams = Gauge(
        "recovery.streams", "Streams that the start had to replay from their checkpoints")
    let time: MetricReading
    private let state: State

    /// Seconds, once it has ended.
    private final class State: Sendable {
        let time = Mutex<Double?>(nil)
    }

    init() {
        let state = State()
        self.state = state
        time = MetricReading(
            "recovery", "Time that the recovery took; no value while it runs", unit: .seconds
        ) { state.time.withLock { $0 } }
    }

    var isDone: Bool { state.time.withLock { $0 } != nil }

    func finish(streams count: Int, time: Duration) {
        streams.set(count)
        state.time.withLock { $0 = time / .seconds(1) }
    }
}
