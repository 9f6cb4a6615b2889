import HTTP
import Testing

@Suite struct HTTPRequestParserTests {
    private static let limits = {
        var limits = HTTPLimits()
        limits.headBytes = 512
        limits.bodyBytes = 100
        return limits
    }()

    /// What the parser makes of a text that comes in parts of this many bytes.
    private func read(
        _ text: String, by size: Int = .max
    ) throws(HTTPRefusal) -> [HTTPRequest] {
        var parser = HTTPRequestParser(Self.limits)
        var requests: [HTTPRequest] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            parser.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
            while let request = try parser.next() { requests.append(request) }
        }
        return requests
    }

    private static let pipelined =
        "\("GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nX-Two:  b c \r\n\r\n")"
        + "POST /t HTTP/1.1\r\nhost: a\r\nContent-Length: 5\r\n\r\nhe\r\nl"
        + "HEAD / HTTP/1.0\r\n\r\n"

    @Test(arguments: [1, 2, 3, 7, 1000])
    func requestsAreTheSameHoweverTheyAreCut(size: Int) throws {
        let requests = try read(Self.pipelined, by: size)
        #expect(requests.map(\.method) == ["GET", "POST", "HEAD"])
        #expect(requests.map(\.path) == ["/metrics", "/t", "/"])
        #expect(requests.map(\.keepsConnection) == [true, true, false])
        #expect(requests[0]["x-two"] == "b c")
        #expect(requests[0]["x-empty"] == "")
        #expect(requests[1].body == Array("he\r\nl".utf8))
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", HTTPStatus.badRequest),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", .badRequest),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .versionNotSupported),
        ("\u{16}\u{3}\u{1} / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: a\u{0}\r\n\r\n", .badRequest),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            .badRequest
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", .badRequest),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", .bodyTooLarge),
        ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", .notImplemented),
        ("GET /" + String(repeating: "a", count: 600), .headTooLarge),
    ])
    func whatCouldBeReadInTwoWaysIsRefused(text: String, status: HTTPStatus) {
        for size in [1, 1000] {
            #expect(throws: (any Error).self) { try read(text, by: size) }
            do throws(HTTPRefusal) { _ = try read(text, by: size) } catch {
                #expect(error.status == status, "\(error.reason)")
            }
        }
    }

    /// Characters of Unicode may join a blank or a colon with what follows; servers read bytes.
    @Test func blanksAndColonsAreBytes() throws {
        let request = try read(
            "GET / HTTP/1.1\r\nHost:\u{301}a \t\r\nX-Two: \t\u{301}b\u{301} \r\n\r\n")[0]
        #expect(request["host"] == "\u{301}a")
        #expect(request["x-two"] == "\u{301}b\u{301}")
    }

    @Test func anyBytesAreReadOrRefused() {
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let seed = Array(Self.pipelined.utf8)
        for _ in 0..<2000 {
            var bytes = seed
            for _ in 0...random(4) { bytes[random(bytes.count)] = UInt8(random(256)) }
            var parser = HTTPRequestParser(Self.limits)
            parser.append(Array(bytes.prefix(random(bytes.count + 1))))
            var count = 0
            while let request = try? parser.next() { count += request.method.isEmpty ? 99 : 1 }
            #expect(count <= 3)
        }
    }
}
