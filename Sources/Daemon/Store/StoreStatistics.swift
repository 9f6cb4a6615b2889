import Engine
import Foundation
import Metrics

/// The store as it is now.
struct StoreStatistics: MetricSet {
    let bytes: MetricReading
    let freeBytes: MetricReading
    let isWritable: MetricReading
    let checkpointAge: MetricReading

    /// - Parameter problem: why it cannot be written now.
    init(
        _ path: String, checkpointAge age: @escaping @Sendable () -> Double,
        problem: @escaping @Sendable () -> String?
    ) {
        bytes = MetricReading(
            "store.bytes", "Bytes of the store's files, its write-ahead log too", unit: .bytes
        ) { Self.size(path) + Self.size(path + "-wal") }
        freeBytes = MetricReading(
            "store.free", "Bytes that are free in the store's file system", unit: .bytes
        ) { Self.free(path) }
        isWritable = MetricReading(
            "store.writable", "1 while the store can be written, 0 while input waits for it"
        ) { problem() == nil ? 1 : 0 }
        checkpointAge = MetricReading(
            "checkpoint.age",
            "Time since all that was then read was in checkpoints: about what a restart replays",
            unit: .seconds, read: age)
    }

    private static func size(_ path: String) -> Double {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Double(status.st_size) : 0
    }

    private static func free(_ path: String) -> Double? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        return Double(status.f_bavail) * Double(status.f_frsize)
    }
}
