/// The first line and the headers of a request.
struct HTTPHead {
    let method: String
    let target: String
    let isCurrent: Bool
    let headers: [HTTPRequest.Header]
    let bodyLength: Int

    private static let mostHeaders = 100
    /// `Content-Length` of more digits is no length.
    private static let mostDigits = 15

    /// - Parameter bytes: without the empty line at its end.
    init(_ bytes: ArraySlice<UInt8>) throws(HTTPRefusal) {
        var lines = try Self.lines(of: bytes)
        (method, target, isCurrent) = try Self.requestLine(lines.removeFirst())
        guard lines.count <= Self.mostHeaders else {
            throw HTTPRefusal(
                .headTooLarge,
                "the request has \(lines.count) headers; expected at most \(Self.mostHeaders)")
        }
        var headers: [HTTPRequest.Header] = []
        for line in lines { headers.append(try Self.header(line)) }
        self.headers = headers
        bodyLength = try Self.bodyLength(headers)
        try Self.checkHost(headers, isCurrent)
    }

    /// Separated by CR and LF. Neither may be alone, since servers differ in what that means.
    private static func lines(of bytes: ArraySlice<UInt8>) throws(HTTPRefusal) -> [String] {
        var lines: [String] = []
        for var line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            if line.endIndex < bytes.endIndex {
                guard line.popLast() == 13 else { throw malformed("a line ends without CR") }
            }
            guard line.allSatisfy({ $0 == 9 || (32...126).contains($0) || $0 >= 128 }) else {
                throw malformed("a line has control characters")
            }
            lines.append(String(decoding: line, as: UTF8.self))
        }
        return lines
    }

    private static func requestLine(
        _ line: String
    ) throws(HTTPRefusal) -> (method: String, target: String, isCurrent: Bool) {
        let parts = line.utf8.split(separator: 32, omittingEmptySubsequences: false)
            .map(Substring.init)
        guard parts.count == 3, isToken(parts[0]), parts[2].hasPrefix("HTTP/") else {
            throw malformed("found no request line; expected METHOD PATH HTTP/1.1")
        }
        guard ["HTTP/1.1", "HTTP/1.0"].contains(parts[2]) else {
            throw HTTPRefusal(.versionNotSupported, "expected HTTP/1.1 or HTTP/1.0")
        }
        guard parts[1].hasPrefix("/"), parts[1].utf8.allSatisfy({ $0 < 127 }) else {
            throw malformed("expected a path that begins with / and is percent-encoded")
        }
        return (String(parts[0]), String(parts[1]), parts[2] == "HTTP/1.1")
    }

    private static func header(_ line: String) throws(HTTPRefusal) -> HTTPRequest.Header {
        let bytes = line.utf8
        guard let colon = bytes.firstIndex(of: 58), isToken(line[..<colon]) else {
            throw malformed("found a header without a name; expected NAME: VALUE")
        }
        return .init(
            name: line[..<colon].lowercased(),
            value: String(line[bytes.index(after: colon)...].trimmed))
    }

    private static func bodyLength(_ headers: [HTTPRequest.Header]) throws(HTTPRefusal) -> Int {
        guard !headers.contains(where: { $0.name == "transfer-encoding" }) else {
            throw HTTPRefusal(
                .notImplemented, "Transfer-Encoding is not supported; send Content-Length")
        }
        let lengths = headers.filter { $0.name == "content-length" }.map(\.value)
        guard let length = lengths.first else { return 0 }
        guard lengths.count == 1, length.utf8.count <= mostDigits,
            length.utf8.allSatisfy({ (48...57).contains($0) }), let count = Int(length)
        else { throw malformed("expected one Content-Length, a number") }
        return count
    }

    private static func checkHost(
        _ headers: [HTTPRequest.Header], _ isCurrent: Bool
    ) throws(HTTPRefusal) {
        let count = headers.count { $0.name == "host" }
        guard count == 1 || (count == 0 && !isCurrent) else {
            throw malformed("found \(count) Host headers; expected one")
        }
    }

    private static func malformed(_ reason: String) -> HTTPRefusal {
        HTTPRefusal(.badRequest, reason)
    }

    private static let tokenMarks = Set("!#$%&'*+-.^_`|~".utf8)

    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || tokenMarks.contains($0)
            }
    }
}
