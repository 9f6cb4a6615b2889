/// What is served under one path.
package struct HTTPRoute: Sendable {
    /// A segment in braces, as in `/streams/{name}`, stands for any one.
    package let path: String
    package let method: String
    /// Refused where the listener has no token, by which a client shows who it is.
    package let needsToken: Bool
    /// Called on the connection's thread. It may wait, but must not hold up the engine.
    package let answer: @Sendable (HTTPRequest) -> HTTPResponse

    /// - Parameter method: a `GET` also answers `HEAD`.
    package init(
        _ method: String, _ path: String, needsToken: Bool = false,
        answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) {
        (self.method, self.path, self.answer) = (method, path, answer)
        self.needsToken = needsToken
    }

    private func takes(_ method: String) -> Bool {
        method == self.method || (method == "HEAD" && self.method == "GET")
    }

    private func isFor(_ path: String) -> Bool {
        let own = self.path.split(separator: "/", omittingEmptySubsequences: false)
        let asked = path.split(separator: "/", omittingEmptySubsequences: false)
        return own.count == asked.count
            && zip(own, asked).allSatisfy { own, asked in
                own == asked || (own.hasPrefix("{") && !asked.isEmpty)
            }
    }

    /// The answer of one of these routes.
    ///
    /// - Parameter hasToken: the request carries the listener's token.
    static func answer(
        _ request: HTTPRequest, by routes: [HTTPRoute], hasToken: Bool
    ) -> HTTPResponse {
        let found = routes.filter { $0.isFor(request.path) }
        if let route = found.first(where: { $0.takes(request.method) }) {
            guard hasToken || !route.needsToken else {
                return HTTPResponse(
                    HTTPRefusal(
                        .forbidden, "this path is served only where http.token_file is configured"))
            }
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
