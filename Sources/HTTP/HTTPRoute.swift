/// What is served under one path.
package struct HTTPRoute: Sendable {
    package let path: String
    package let method: String
    /// Called on the connection's thread. It may wait, but must not hold up the engine.
    package let answer: @Sendable (HTTPRequest) -> HTTPResponse

    /// - Parameter method: a `GET` also answers `HEAD`.
    package init(
        _ method: String, _ path: String, answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) {
        (self.method, self.path, self.answer) = (method, path, answer)
    }

    private func takes(_ method: String) -> Bool {
        method == self.method || (method == "HEAD" && self.method == "GET")
    }

    /// The answer of one of these routes.
    static func answer(_ request: HTTPRequest, by routes: [HTTPRoute]) -> HTTPResponse {
        let found = routes.filter { $0.path == request.path }
        if let route = found.first(where: { $0.takes(request.method) }) {
            return route.answer(request)
        }
        guard !found.isEmpty else {
            let paths = Set(routes.map(\.path)).sorted().joined(separator: ", ")
            return HTTPResponse(
                HTTPRefusal(.notFound, "there is nothing under this path; expected one of \(paths)")
            )
        }
        let methods = found.flatMap { $0.method == "GET" ? ["GET", "HEAD"] : [$0.method] }
        let allowed = methods.joined(separator: ", ")
        var response = HTTPResponse(
            HTTPRefusal(
                .methodNotAllowed, "this path does not take that method; expected \(allowed)"))
        response.headers.append(("Allow", allowed))
        return response
    }
}
