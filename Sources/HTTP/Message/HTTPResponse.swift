import Foundation

/// An answer with its body in memory.
package struct HTTPResponse: Sendable {
    package let status: HTTPStatus
    package var headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(_ body: String, type: String = "text/plain; charset=utf-8") {
        self.init(.ok, body, type: type)
    }

    package init(
        _ status: HTTPStatus, _ body: String, type: String = "text/plain; charset=utf-8"
    ) {
        self.status = status
        headers = [("Content-Type", type)]
        self.body = Array(body.utf8)
    }

    package init(_ body: [UInt8], type: String) {
        status = .ok
        headers = [("Content-Type", type)]
        self.body = body
    }

    package init(_ refusal: HTTPRefusal) { self.init(refusal.status, refusal.reason + "\n") }

    /// What goes over the connection.
    ///
    /// - Parameters:
    ///   - isHead: leaves out the body, but not its length.
    ///   - closes: the connection carries no further request.
    func bytes(isHead: Bool, closes: Bool, date: Date = Date()) -> [UInt8] {
        var head = "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"
        head += "Date: \(Self.format(date))\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        head += "Content-Length: \(body.count)\r\nCache-Control: no-store\r\n"
        head += "X-Content-Type-Options: nosniff\r\n"
        if closes { head += "Connection: close\r\n" }
        return Array((head + "\r\n").utf8) + (isHead ? [] : body)
    }

    /// As in "Sun, 06 Nov 1994 08:49:37 GMT": the program keeps the C locale.
    private static func format(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let count = unsafe strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix(count).map(UInt8.init), as: UTF8.self)
    }
}
