package import Metrics
package import Threads

/// A bounded queue between threads: how much waits in it, and for how long it was full.
package struct QueueStatistics: MetricSet {
    package let depth: MetricReading
    package let blocked: MetricReading

    /// - Parameters:
    ///   - name: of the queue: `input`, `journal`, `output`.
    ///   - content: what waits in it.
    ///   - load: of each of its mailboxes.
    package init(
        _ name: String, of content: String, load: @escaping @Sendable () -> [MailboxLoad]
    ) {
        depth = MetricReading(
            "queue.\(name)", "Bytes of \(content) that are not finished", unit: .bytes,
            exposedAs: "\(name)_queue"
        ) { Double(load().reduce(0) { $0 + $1.weight }) }
        blocked = MetricReading(
            "blocked.\(name)", "Time that threads waited because the queue of \(content) was full",
            kind: .counter, unit: .seconds, exposedAs: "\(name)_queue_blocked"
        ) { load().reduce(0) { $0 + $1.waited } }
    }
}
