import Synchronization

/// Admits a few lines of each kind per second: bad input must not fill a disk.
///
/// Omitted lines are counted and reported with the next line of their kind.
final class LineLimit<Kind: Hashable & Sendable>: Sendable {
    private struct Window {
        var start: ContinuousClock.Instant
        var lines = 0
        var omitted = 0
    }

    private let windows = Mutex<[Kind: Window]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    private static var linesPerWindow: Int { 5 }
    private static var window: Duration { .seconds(1) }

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }) {
        self.now = now
    }

    /// How many lines of this kind were omitted before this one; nil if this one is omitted too.
    func admit(_ kind: Kind) -> Int? {
        let now = now()
        return windows.withLock { windows in
            var window = windows[kind] ?? Window(start: now)
            defer { windows[kind] = window }
            if now - window.start >= Self.window {
                (window.start, window.lines) = (now, 0)
            }
            guard window.lines < Self.linesPerWindow else {
                window.omitted += 1
                return nil
            }
            window.lines += 1
            defer { window.omitted = 0 }
            return window.omitted
        }
    }
}
