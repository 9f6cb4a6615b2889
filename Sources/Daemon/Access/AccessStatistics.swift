package import Metrics

/// What was refused because of a client's key, after its connection was accepted.
package final class AccessStatistics: MetricSet {
    package let messages = Counter(
        "not_allowed.messages", "Messages that the key of their sender does not allow")
    package let requests = Counter(
        "not_allowed.requests", "Control requests that the key of their sender does not allow")
}
