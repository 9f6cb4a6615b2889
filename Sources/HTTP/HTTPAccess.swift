import Dispatch
import Synchronization

/// Who may send requests.
package final class HTTPAccess: Sendable {
    private let token: Mutex<BearerToken?>
    private let refusalsPerSecond: Int
    private let refusals = Mutex<(second: UInt64, count: Int)>((0, 0))

    /// - Parameter token: what each request must carry; nil if it need not.
    package init(_ token: BearerToken?, refusalsPerSecond: Int) {
        self.token = Mutex(token)
        self.refusalsPerSecond = refusalsPerSecond
    }

    /// From here on requests must carry this one; none if it is nil.
    package func replaceToken(by token: BearerToken?) { self.token.withLock { $0 = token } }

    /// True if the request carries the token; false if there is none to carry.
    ///
    /// - Throws: 401 without the right token, 429 after many such requests.
    func check(_ request: HTTPRequest) throws(HTTPRefusal) -> Bool {
        guard let token = token.withLock({ $0 }) else {
            try checkHost(request)
            return false
        }
        guard !token.isCarried(by: request["authorization"]) else { return true }
        guard countRefusal() else {
            throw HTTPRefusal(.tooManyRequests, "too many requests without the right token")
        }
        throw HTTPRefusal(.unauthorized, "expected the header Authorization: Bearer TOKEN")
    }

    /// Without a token only this machine is served. A page in its browser may not read the answers
    /// under a name that its own server has pointed to this address.
    private func checkHost(_ request: HTTPRequest) throws(HTTPRefusal) {
        guard let host = request["host"] else { return }
        guard !Self.isAddress(host) else { return }
        throw HTTPRefusal(
            .misdirected, "the Host is a name; without a token, expected an address or localhost")
    }

    /// `127.0.0.1:5606`, `[::1]`, `localhost:5605`.
    private static func isAddress(_ host: String) -> Bool {
        if host.hasPrefix("[") { return true }
        let name = host.prefix { $0 != ":" }
        return name.lowercased() == "localhost"
            || (!name.isEmpty && name.utf8.allSatisfy { $0 == 46 || (48...57).contains($0) })
    }

    /// False if there were too many in this second.
    private func countRefusal() -> Bool {
        let second = DispatchTime.now().uptimeNanoseconds / 1_000_000_000
        return refusals.withLock { refusals in
            if refusals.second != second { refusals = (second, 0) }
            refusals.count += 1
            return refusals.count <= refusalsPerSecond
        }
    }
}
