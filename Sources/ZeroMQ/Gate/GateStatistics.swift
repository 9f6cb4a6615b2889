package import Metrics

/// What became of the connections at a gate.
package final class GateStatistics: MetricSet {
    package let accepted = Counter("connections", "Connections with a complete handshake")
    package let open = Gauge("connections.open", "Connections that are open now")
    package let closed = CounterFamily<GateRefusal.Code>(
        "closed",
        "Connections that were closed because they exceeded a limit or broke the protocol",
        by: "reason", exposedAs: "connections_closed")
    package let refusedSubscriptions = Counter(
        "subscriptions.refused", "Subscriptions that the key of the subscriber does not allow")
}
