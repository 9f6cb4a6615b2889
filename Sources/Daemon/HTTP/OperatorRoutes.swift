import HTTP
import Metrics

/// What is served for operators: metrics and health.
struct OperatorRoutes {
    let metrics: DaemonMetrics
    let health: DaemonHealth

    var routes: [HTTPRoute] {
        [
            HTTPRoute("GET", "/metrics") { _ in
                HTTPResponse(metrics.text, type: PrometheusText.contentType)
            },
            HTTPRoute("GET", "/healthz") { _ in Self.answer(health.failure) },
            HTTPRoute("GET", "/readyz") { _ in Self.answer(health.unreadiness) },
        ]
    }

    private static func answer(_ problem: String?) -> HTTPResponse {
        guard let problem else { return HTTPResponse("ok\n") }
        return HTTPResponse(.unavailable, problem + "\n")
    }
}
