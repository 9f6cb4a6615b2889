import Dispatch
import Foundation

/// The time by which requests are old enough to be forgotten.
///
/// What is forgotten does not come back, so a wall clock that leaps ahead is believed only when it
/// has stayed there for a while. One that is set back is believed at once: that only keeps more.
package struct RetentionClock {
    /// Seconds for which a leap has to last.
    package static let patience = 3600.0
    /// Seconds that are no leap, but the clock being adjusted.
    private static let tolerance = 60.0

    private let wall: () -> Double
    private let uptime: () -> Double
    /// The wall clock's time when the monotonic one began.
    private var epoch: Double
    /// The monotonic clock's time when the wall clock leapt.
    private var leapt: Double?

    /// - Parameters:
    ///   - wall: seconds since 1970.
    ///   - uptime: seconds of the monotonic clock.
    package init(
        wall: @escaping () -> Double = { Date().timeIntervalSince1970 },
        uptime: @escaping () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
    ) {
        self.wall = wall
        self.uptime = uptime
        epoch = wall() - uptime()
    }

    /// In seconds since 1970.
    package mutating func now() -> Double {
        let uptime = uptime()
        let found = wall() - uptime
        if found > epoch + Self.tolerance {
            let start = leapt ?? uptime
            leapt = start
            guard uptime - start >= Self.patience else { return epoch + uptime }
        }
        leapt = nil
        epoch = found
        return found + uptime
    }
}
