import Metrics

/// What the probes answer, as numbers.
struct HealthStatistics: MetricSet {
    let ready: MetricReading

    init(_ health: DaemonHealth) {
        ready = MetricReading("ready", "1 while new input is welcome, as /readyz answers") {
            health.unreadiness == nil ? 1 : 0
        }
    }
}
