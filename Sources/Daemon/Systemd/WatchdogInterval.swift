import Glibc

/// What `WatchdogSec=` asks of this process: a sign of life at least this often.
package struct WatchdogInterval: Equatable, Sendable {
    package let duration: Duration

    /// Nil where the service manager wants none, or wants it of another process.
    package init?(environment: [String: String]) {
        guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text),
            microseconds > 0
        else { return nil }
        if let process = environment["WATCHDOG_PID"], process != "\(getpid())" { return nil }
        duration = .microseconds(microseconds)
    }

    /// Between two looks at the threads: each is seen to advance several times within the interval.
    var period: Duration { duration / 8 }

    /// How long a thread may take for one round. A thread that takes longer ends the signs of life,
    /// and the manager acts when the interval has passed from the last one.
    var patience: Duration { duration / 2 }
}
