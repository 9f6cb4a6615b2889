package import Metrics

/// What became of requests and connections.
package final class HTTPStatistics: MetricSet {
    package let responses = CounterFamily<HTTPStatus>(
        "http", "Responses of the HTTP listener", by: "code", exposedAs: "http_responses")
    package let connections = Gauge(
        "http.connections", "Connections of the HTTP listener that are open now")

    package init() {}
}
