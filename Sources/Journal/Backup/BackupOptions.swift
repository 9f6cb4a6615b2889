/// How a store is copied.
package struct BackupOptions: Sendable {
    /// So that the copy leaves the disk to the daemon's commits; nil for as fast as possible.
    package var bytesPerSecond: Int?
    /// Ends the copy before its time; asked often.
    package var shouldStop: @Sendable () -> Bool = { false }
    /// Pauses for so many seconds, or until the copy is to stop.
    package var pause: @Sendable (Double) -> Void = { _ in }
    /// Told of the progress of each part of the work, from 0 to 1.
    package var progress: @Sendable (BackupPart, Double) -> Void = { _, _ in }
    /// Pages of one step, 1 MiB: between two of them the copy may be stopped, and pauses.
    var stepPages: CInt = 256

    package init() {}
}

/// A part of the work.
package enum BackupPart: String, Sendable {
    case copying
    case verifying
}

/// The copy was stopped before its end, and nothing is left of it.
package struct BackupInterrupted: Error {
    package init() {}
}
