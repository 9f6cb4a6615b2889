package import Metrics

/// Messages that were over a limit.
package final class LimitStatistics: MetricSet {
    package let limited = CounterFamily<IntakeLimit>(
        "limited", "Messages that were refused because they were over a limit", by: "limit",
        exposedAs: "messages_limited")
}
