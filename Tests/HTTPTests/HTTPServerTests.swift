import Dispatch
import HTTP
import Metrics
import Synchronization
import TestSupport
import Testing

@Suite struct HTTPServerTests {
    private final class Served: Sendable {
        let server: HTTPServer
        let refusals: Refusals

        init(token: String? = nil, _ change: (inout HTTPLimits) -> Void = { _ in }) throws {
            var limits = HTTPLimits()
            change(&limits)
            let refusals = Refusals()
            let routes = [
                HTTPRoute("GET", "/a") { _ in HTTPResponse("hello") },
                HTTPRoute("POST", "/b") { HTTPResponse("\($0.body.count)") },
                HTTPRoute("GET", "/c/{name}/d", needsToken: true) { request in
                    let segments = (try? request.segments()) ?? []
                    return HTTPResponse(
                        segments.map { String(decoding: $0, as: UTF8.self) }
                            .joined(separator: "|"))
                },
            ]
            let access = HTTPAccess(
                token.flatMap(BearerToken.init), refusalsPerSecond: limits.refusalsPerSecond)
            server = try HTTPServer(
                host: "127.0.0.1", port: 0, limits: limits, statistics: HTTPStatistics(),
                content: .init(routes, access: access) { refusal, _ in refusals.add(refusal) })
            self.refusals = refusals
        }

        deinit { _ = server.finish(by: .now() + 10) }

        func client() throws -> RawPeer {
            try RawPeer("tcp://127.0.0.1:\(server.port)")
        }

        func answer(_ request: String) throws -> String {
            let client = try client()
            client.send(request)
            return client.receive()
        }
    }

    private final class Refusals: Sendable {
        private let list = Mutex<[HTTPRefusal]>([])
        func add(_ refusal: HTTPRefusal) { list.withLock { $0.append(refusal) } }
        var all: [HTTPRefusal] { list.withLock { $0 } }
    }

    private func get(
        _ path: String, method: String = "GET", headers: String = "", host: String = "127.0.0.1"
    ) -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(headers)\r\n"
    }

    @Test func routesAnswer() throws {
        let served = try Served()
        let answer = try served.answer(get("/a"))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("\r\nContent-Length: 5\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nhello"))
        let head = try served.answer(get("/a", method: "HEAD"))
        #expect(head.contains("\r\nContent-Length: 5\r\n") && head.hasSuffix("\r\n\r\n"))
        let posted = "POST /b HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc"
        #expect(try served.answer(posted).hasSuffix("\r\n\r\n3"))
        let missing = try served.answer(get("/c"))
        #expect(missing.hasPrefix("HTTP/1.1 404 ") && missing.contains("expected one of /a, /b,"))
        let other = try served.answer(get("/a", method: "DELETE"))
        #expect(other.hasPrefix("HTTP/1.1 405 ") && other.contains("\r\nAllow: GET, HEAD\r\n"))
    }

    @Test func segmentsInBracesStandForAny() throws {
        let served = try Served(token: "the-right-token-1")
        let bearer = "Authorization: Bearer the-right-token-1\r\n"
        for path in ["/c/x/d", "/c/x%2Fy/d", "/c/a/d?k=v"] {
            #expect(try served.answer(get(path, headers: bearer)).hasPrefix("HTTP/1.1 200 "))
        }
        #expect(try served.answer(get("/c/x%2Fy/d", headers: bearer)).hasSuffix("c|x/y|d"))
        for path in ["/c/d", "/c//d", "/c/x/y/d", "/c/x/d/"] {
            #expect(try served.answer(get(path, headers: bearer)).hasPrefix("HTTP/1.1 404 "))
        }
        #expect(try served.answer(get("/c/x/d")).hasPrefix("HTTP/1.1 401 "))
        // Not without a token to show.
        let open = try Served()
        #expect(try open.answer(get("/c/x/d")).hasPrefix("HTTP/1.1 403 "))
    }

    @Test func aConnectionCarriesPipelinedRequests() throws {
        let served = try Served()
        let client = try served.client()
        client.send(
            "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /a HTTP/1.1\r\nHost: [::1]\r\n\r\n")
        client.send(get("/nothing"))
        let answers = client.receive()
        #expect(
            answers.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["200", "200", "404"])
        #expect(served.server.statistics.responses.counts == [.ok: 2, .notFound: 1])
    }

    @Test func onlyTheRightTokenGetsIn() throws {
        let secret = "0123456789abcdef-secret"
        let served = try Served(token: secret) { $0.refusalsPerSecond = 1000 }
        let right = try served.answer(get("/a", headers: "authorization: bearer \(secret)\r\n"))
        #expect(right.hasPrefix("HTTP/1.1 200 "))
        let named = "Authorization: Bearer \(secret)\r\n"
        #expect(
            try served.answer(get("/a", headers: named, host: "metrics.example")).contains(" 200 "))
        for headers in [
            "", "Authorization: Bearer 0123456789abcdef-secre\r\n",
            "Authorization: Basic \(secret)\r\n",
            "Authorization: Bearer\r\n", "Authorization: \(secret)\r\n", named + named,
        ] {
            for path in ["/a", "/nothing"] {
                let wrong = try served.answer(get(path, headers: headers))
                #expect(wrong.hasPrefix("HTTP/1.1 401 ") && !wrong.contains("hello"))
                #expect(wrong.contains("\r\nWWW-Authenticate: Bearer\r\n"))
            }
        }
        #expect(served.server.statistics.responses[.unauthorized] == 12)
        #expect(served.refusals.all.count == 12)
        #expect(!served.refusals.all.contains { $0.reason.contains("0123456789") })
        #expect(BearerToken("short") == nil && BearerToken(secret + "\n") == nil)
    }

    @Test func manyWrongTokensAreToldToWait() throws {
        let served = try Served(token: "0123456789abcdef") { $0.refusalsPerSecond = 0 }
        let answer = try served.answer(get("/a"))
        #expect(answer.hasPrefix("HTTP/1.1 429 ") && answer.contains("\r\nRetry-After: 1\r\n"))
        let right = get("/a", headers: "Authorization: Bearer 0123456789abcdef\r\n")
        #expect(try served.answer(right).hasPrefix("HTTP/1.1 200 "))
    }

    /// As a page in a browser would ask whose server has pointed its name to this machine.
    @Test func aForeignNameIsNotServedWithoutAToken() throws {
        let served = try Served()
        #expect(try served.answer(get("/a", host: "evil.example:5606")).hasPrefix("HTTP/1.1 421 "))
        #expect(try served.answer(get("/a", host: "localhost:5606")).hasPrefix("HTTP/1.1 200 "))
    }

    @Test func aSlowRequestIsEnded() throws {
        let served = try Served { $0.requestTime = .milliseconds(200) }
        let client = try served.client()
        client.send("GET /a HTTP/1.1\r\n")
        // A byte now and then must not keep it alive.
        let start = ContinuousClock.now
        while client.send("X"), ContinuousClock.now - start < .seconds(10) {
            if served.server.statistics.responses[.timeout] > 0 { break }
        }
        #expect(client.receive().contains("HTTP/1.1 4"))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func anIdleConnectionIsClosed() throws {
        let served = try Served { $0.idleTime = .milliseconds(50) }
        #expect(try served.client().receive().isEmpty)
    }

    @Test func aHugeHeadIsRefusedBeforeItHasEnded() throws {
        let served = try Served { $0.headBytes = 4096 }
        let client = try served.client()
        client.send("GET /a HTTP/1.1\r\nX: " + String(repeating: "a", count: 100_000))
        #expect(client.receive().hasPrefix("HTTP/1.1 431 "))
    }

    @Test func connectionsAreBounded() throws {
        let served = try Served { $0.connections = 2 }
        let clients = try (0..<2).map { _ in try served.client() }
        for client in clients {
            client.send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(client.receive(until: "hello").contains(" 200 "))
        }
        #expect(try served.client().receive().hasPrefix("HTTP/1.1 503 "))
        #expect(served.server.statistics.connections.value == 2)
    }

    @Test func aReaderThatDoesNotReadIsGivenUp() throws {
        var limits = HTTPLimits()
        limits.responseTime = .milliseconds(100)
        let large = String(repeating: "a", count: 32 << 20)
        let server = try HTTPServer(
            host: "127.0.0.1", port: 0, limits: limits, statistics: HTTPStatistics(),
            content: .init(
                [HTTPRoute("GET", "/a") { _ in HTTPResponse(large) }],
                access: HTTPAccess(nil, refusalsPerSecond: 1)))
        let client = try RawPeer("tcp://127.0.0.1:\(server.port)")
        client.send(get("/a"))
        let deadline = ContinuousClock.now + .seconds(10)
        while server.statistics.responses[.ok] == 0 { try #require(ContinuousClock.now < deadline) }
        #expect(server.finish(by: .now() + 10))
        #expect(server.statistics.connections.value == 0)
        withExtendedLifetime(client) {}
    }

    @Test func itStopsWhileConnectionsAreOpen() throws {
        let served = try Served()
        let client = try served.client()
        client.send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(client.receive(until: "hello").contains(" 200 "))
        #expect(served.server.finish(by: .now() + 10))
        #expect(client.receive().isEmpty)
        #expect(throws: (any Error).self) { try served.client() }
    }

    @Test func anAddressThatIsTakenIsTold() throws {
        let served = try Served()
        let error = #expect(throws: HTTPAddressError.self) {
            _ = try HTTPServer(
                host: "127.0.0.1", port: served.server.port, limits: HTTPLimits(),
                statistics: HTTPStatistics(),
                content: .init([], access: HTTPAccess(nil, refusalsPerSecond: 1)))
        }
        #expect(error?.isTaken == true)
    }
}
