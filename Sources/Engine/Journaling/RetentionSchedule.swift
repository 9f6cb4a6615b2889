import Dispatch
import Storage

/// When the store is next to be trimmed: a part at a time, between two commits.
struct RetentionSchedule {
    private(set) var due: DispatchTime
    private let interval: Double
    private var clock = RetentionClock()

    init(every interval: Duration) {
        self.interval = interval / .seconds(1)
        due = .now() + self.interval
    }

    var isDue: Bool { due <= .now() }

    mutating func end() { due = .distantFuture }

    /// What cannot be done now, such as for want of room, is tried again after the interval.
    mutating func trim(_ writer: any StorageWriter, _ fence: FenceToken) throws(StorageError) {
        due = .now() + interval
        if try writer.trim(now: clock.now(), fence: fence) { due = .now() + 0.01 }
    }
}
