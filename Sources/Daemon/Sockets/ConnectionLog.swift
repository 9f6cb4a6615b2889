package import Metrics

/// Counts and logs failures of connections that the daemon begins.
package final class ConnectionLog: Sendable {
    package let statistics = ConnectionStatistics()
    private let log: RefusalLog

    package init(_ log: RefusalLog) { self.log = log }

    func add(_ failure: ConnectionFailure, endpoint: String) {
        statistics.failed.add(failure)
        log.add(failure, endpoint: endpoint)
    }
}

/// What became of connections that the daemon begins.
package final class ConnectionStatistics: MetricSet {
    package let failed = CounterFamily<ConnectionFailure>(
        "connect.failed", "Handshakes that failed where the daemon connects", by: "reason",
        exposedAs: "connect_failures")
}
