import Dispatch
import Metrics
import Threads

/// One connection: requests one after another, each within its time.
struct HTTPConnection {
    let socket: ConnectionSocket
    let routes: [HTTPRoute]
    let access: HTTPAccess
    let limits: HTTPLimits
    let statistics: HTTPStatistics
    let stop: StopSignal
    /// Called with a refused request and the peer.
    let refused: @Sendable (HTTPRefusal, String) -> Void

    /// What is dropped of a request that is refused before it has ended, and how long that takes.
    private static let mostDropped = 256 << 10
    private static let lastWords = 1.0

    /// Returns when the connection is over.
    func serve() {
        var parser = HTTPRequestParser(limits)
        do throws(HTTPRefusal) {
            while !stop.isRequested, let request = try nextRequest(&parser) {
                let closes = !request.keepsConnection || stop.isRequested
                let response = try answer(request)
                guard send(response, isHead: request.method == "HEAD", closes: closes) else {
                    return
                }
                if closes { return socket.endSending(until: soon, dropping: Self.mostDropped) }
            }
        } catch {
            refused(error, socket.peer)
            var response = HTTPResponse(error)
            switch error.status {
            case .unauthorized: response.headers.append(("WWW-Authenticate", "Bearer"))
            case .tooManyRequests: response.headers.append(("Retry-After", "1"))
            default: break
            }
            guard send(response, isHead: false, closes: true) else { return }
            socket.endSending(until: soon, dropping: Self.mostDropped)
        }
    }

    private func answer(_ request: HTTPRequest) throws(HTTPRefusal) -> HTTPResponse {
        let hasToken = try access.check(request)
        return HTTPRoute.answer(request, by: routes, hasToken: hasToken)
    }

    private func send(_ response: HTTPResponse, isHead: Bool, closes: Bool) -> Bool {
        statistics.responses.add(response.status)
        return socket.send(
            response.bytes(isHead: isHead, closes: closes),
            until: .now() + limits.responseTime / .seconds(1))
    }

    private var soon: DispatchTime { .now() + Self.lastWords }

    /// Nil if the connection is over, or idle for too long.
    ///
    /// - Throws: why no request could be read.
    private func nextRequest(_ parser: inout HTTPRequestParser) throws(HTTPRefusal) -> HTTPRequest?
    {
        let idle = DispatchTime.now() + limits.idleTime / .seconds(1)
        var deadline: DispatchTime?
        while true {
            if let request = try parser.next() { return request }
            if parser.isInRequest, deadline == nil {
                deadline = .now() + limits.requestTime / .seconds(1)
            }
            switch socket.receive(until: deadline ?? idle, interrupt: stop.wake.fileDescriptor) {
            case .bytes(let bytes): parser.append(bytes)
            case .ended, .interrupted: return nil
            case .tooLate where deadline == nil: return nil
            case .tooLate:
                throw HTTPRefusal(
                    .timeout, "the request was not complete within \(limits.requestTime)")
            }
        }
    }
}
