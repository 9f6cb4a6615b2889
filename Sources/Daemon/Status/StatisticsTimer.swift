import Dispatch
import Synchronization

/// Logs the statistics at an interval, which a reload can change.
final class StatisticsTimer: Sendable {
    private let action: @Sendable () -> Void
    private let queue = DispatchQueue(label: "statistics")
    private let timer = Mutex<(any DispatchSourceTimer)?>(nil)

    /// - Parameter interval: nil for never.
    init(every interval: Duration?, _ action: @escaping @Sendable () -> Void) {
        self.action = action
        set(interval)
    }

    deinit { stop() }

    func stop() { set(nil) }

    private func set(_ interval: Duration?) {
        timer.withLock { timer in
            timer?.cancel()
            timer = nil
            guard let interval else { return }
            let seconds = interval / .seconds(1)
            let next = DispatchSource.makeTimerSource(queue: queue)
            next.schedule(deadline: .now() + seconds, repeating: seconds)
            next.setEventHandler(handler: DispatchWorkItem(block: action))
            next.resume()
            timer = next
        }
    }
}

extension StatisticsTimer: Reloadable {
    func prepare(_ change: Reload) -> PreparedReload {
        let (old, new) = (change.old.log.statisticsEvery, change.new.log.statisticsEvery)
        guard old != new else { return .nothing }
        return PreparedReload { [self] in set(new) }
    }
}
