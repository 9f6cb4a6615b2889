/// Reads requests from the bytes of a connection (RFC 9112), strictly: what another server may read
/// differently is refused, so that nothing hides in a request.
///
/// It holds at most one head and one body of the allowed size, and what came behind them in the
/// same read.
package struct HTTPRequestParser {
    private let limits: HTTPLimits
    private var bytes: [UInt8] = []
    /// No end of a head begins before this.
    private var searched = 0
    private var head: HTTPHead?

    private static let endOfHead: [UInt8] = [13, 10, 13, 10]

    package init(_ limits: HTTPLimits) { self.limits = limits }

    /// Whether a request has begun and is not complete.
    package var isInRequest: Bool { head != nil || !bytes.isEmpty }

    package mutating func append(_ more: [UInt8]) { bytes += more }

    /// The next complete request; nil if more bytes are needed.
    ///
    /// - Throws: why the connection cannot continue.
    package mutating func next() throws(HTTPRefusal) -> HTTPRequest? {
        if head == nil { head = try readHead() }
        guard let head, bytes.count >= head.bodyLength else { return nil }
        let body = Array(bytes.prefix(head.bodyLength))
        bytes.removeFirst(head.bodyLength)
        (self.head, searched) = (nil, 0)
        return HTTPRequest(
            method: head.method, target: head.target, isCurrent: head.isCurrent,
            headers: head.headers, body: body)
    }

    private mutating func readHead() throws(HTTPRefusal) -> HTTPHead? {
        guard let end = findEnd() else {
            guard bytes.count < limits.headBytes else { throw headTooLarge }
            return nil
        }
        guard end <= limits.headBytes else { throw headTooLarge }
        let head = try HTTPHead(bytes[..<(end - Self.endOfHead.count)])
        guard head.bodyLength <= limits.bodyBytes else {
            throw HTTPRefusal(
                .bodyTooLarge,
                "the body has \(head.bodyLength) bytes; expected at most \(limits.bodyBytes)")
        }
        bytes.removeFirst(end)
        return head
    }

    private var headTooLarge: HTTPRefusal {
        HTTPRefusal(
            .headTooLarge,
            "the request line and headers have more than \(limits.headBytes) bytes")
    }

    /// Just behind the empty line that ends a head.
    private mutating func findEnd() -> Int? {
        let length = Self.endOfHead.count
        while searched + length <= bytes.count {
            if bytes[searched] == Self.endOfHead[0],
                bytes[searched..<(searched + length)].elementsEqual(Self.endOfHead)
            {
                return searched + length
            }
            searched += 1
        }
        return nil
    }
}
