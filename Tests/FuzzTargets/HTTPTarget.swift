import TestSupport

@testable import HTTP

/// What a client sends to the HTTP listener: however the bytes are cut, the same requests are read, and
/// the same is refused; a request is written so that it reads back equal.
///
///     seed of the cuts u8 | bytes
enum HTTPTarget {
    static let target = FuzzTarget("http", seeds: seeds) { check }

    private struct Outcome: Equatable {
        var requests: [HTTPRequest] = []
        var refusal: HTTPRefusal?
        var isInRequest = false
    }

    private static let limits = {
        var limits = HTTPLimits()
        (limits.headBytes, limits.bodyBytes) = (1000, 500)
        return limits
    }()

    private static func check(_ bytes: [UInt8]) throws {
        var input = FuzzInput(bytes)
        var random = SeededRandom(seed: UInt64(input.byte()))
        let stream = input.all()
        let whole = outcome([stream])
        try requireEqual(outcome(stream.map { [$0] }), whole, "byte by byte as in one piece")
        try requireEqual(
            outcome(cuts(of: stream, longest: 40, &random)), whole, "in pieces as in one piece")
        for request in whole.requests { try check(request) }
    }

    private static func outcome(_ pieces: [[UInt8]]) -> Outcome {
        var parser = HTTPRequestParser(limits)
        var outcome = Outcome()
        do throws(HTTPRefusal) {
            for piece in pieces {
                parser.append(piece)
                while let request = try parser.next() { outcome.requests.append(request) }
            }
            outcome.isInRequest = parser.isInRequest
        } catch {
            outcome.refusal = error
        }
        return outcome
    }

    private static func check(_ request: HTTPRequest) throws {
        try require(request.body.count <= limits.bodyBytes, "a body of \(request.body.count)")
        try require(request.path.hasPrefix("/"), "the path \(request.path)")
        for header in request.headers {
            let ends = [header.value.utf8.first, header.value.utf8.last]
            try require(
                !ends.contains(9) && !ends.contains(32)
                    && !header.value.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 },
                "the value of \(header)")
        }
        // What is not UTF-8 is written with more bytes than it was read from.
        var parser = HTTPRequestParser(HTTPLimits())
        parser.append(written(request))
        try requireEqual(try? parser.next(), request, "written and read")
        try require(!parser.isInRequest, "nothing is left")
        let head = HTTPRoute.answer(request, by: routes, hasToken: true).bytes(
            isHead: true, closes: true)
        try require(head.suffix(4).elementsEqual("\r\n\r\n".utf8), "an answer ends its headers")
    }

    private static let routes = [
        HTTPRoute("GET", "/metrics") { HTTPResponse($0.target) },
        HTTPRoute("POST", "/t") { HTTPResponse("\($0.body.count)") },
    ]

    private static func written(_ request: HTTPRequest) -> [UInt8] {
        var head = "\(request.method) \(request.target) HTTP/1.\(request.isCurrent ? 1 : 0)\r\n"
        for header in request.headers { head += "\(header.name): \(header.value)\r\n" }
        return Array((head + "\r\n").utf8) + request.body
    }

    private static func seeds() -> [[UInt8]] {
        [
            "GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nX-Two:  b c \r\n\r\n",
            "POST /t HTTP/1.1\r\nhost: a\r\nContent-Length: 5\r\n\r\nhe\r\nlGET / HTTP/1.0\r\n\r\n",
            "HEAD / HTTP/1.0\r\nConnection: keep-alive, x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer 0123456789abcdef\r\n\r\n",
            "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost : a\r\n b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: \t\u{301}a\u{301} \r\nX:\u{301}\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 501\r\nContent-Length: 1\r\n\r\n",
        ].map { [7] + Array($0.utf8) }
    }
}
