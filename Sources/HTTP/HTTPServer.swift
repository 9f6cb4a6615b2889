package import Dispatch
import Files
import Glibc
import Metrics
import Synchronization
import Threads

/// Serves HTTP/1.1, on a thread for each of a few connections.
///
/// A server of our own. FlyingFox (0.27) bounds neither the size of a head nor the time that it takes
/// nor the number of connections, and does not answer what it cannot read; bounding these before it
/// needs most of what is here. SwiftNIO bounds them, but would be the largest part of the build. Connections are few here (a scrape, a probe, a person), so that a thread for
/// each is the simplest that cannot hold up the engine.
package final class HTTPServer: Sendable {
    /// What it serves, to whom, and what is called with refused requests and their peers.
    package struct Content: Sendable {
        package let routes: [HTTPRoute]
        package let access: HTTPAccess
        package let refused: @Sendable (HTTPRefusal, String) -> Void

        package init(
            _ routes: [HTTPRoute], access: HTTPAccess,
            refused: @escaping @Sendable (HTTPRefusal, String) -> Void = { _, _ in }
        ) {
            (self.routes, self.access, self.refused) = (routes, access, refused)
        }
    }

    /// The one that was bound, if any free one was asked for.
    package let port: UInt16
    package let statistics: HTTPStatistics
    private let socket: ListeningSocket
    private let content: Content
    private let limits: HTTPLimits
    private let stop: StopSignal
    private let thread = Mutex<WorkerThread?>(nil)
    /// Connections that are open.
    private let open = Mutex(0)
    private let closed = MonotonicSemaphore()

    /// Binds the address and begins to serve.
    ///
    /// - Parameters:
    ///   - host: an address (of IPv6 in brackets), `localhost`, or `*` for every interface.
    ///   - port: 0 for any free one.
    /// - Throws: `HTTPAddressError`, `WakeEventError`.
    package init(
        host: String, port: UInt16, limits: HTTPLimits, statistics: HTTPStatistics,
        content: Content
    ) throws {
        socket = try ListeningSocket(host: host, port: port)
        stop = try StopSignal()
        self.port = socket.port
        (self.content, self.limits, self.statistics) = (content, limits, statistics)
        let thread = WorkerThread(name: "http") { [self] in acceptAll() }
        self.thread.withLock { $0 = thread }
    }

    /// Whether only this machine can reach the address.
    package static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }

    /// Accepts no more, and ends each connection after the request that it is in. False if some
    /// have not ended by the deadline.
    package func finish(by deadline: DispatchTime) -> Bool {
        stop.request()
        guard thread.withLock({ $0 })?.join(until: deadline) ?? true else { return false }
        while open.withLock({ $0 }) > 0 {
            guard closed.wait(until: deadline) else { return false }
        }
        return true
    }

    /// Seconds until a failed accept, for want of descriptors or memory, is tried again.
    private static let pause = 0.1

    private func acceptAll() {
        defer { socket.end() }
        var entries = [
            pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stop.wake.fileDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        while !stop.isRequested {
            do throws(Errno) {
                while let connection = try socket.accept() { begin(connection) }
                _ = unsafe poll(&entries, 2, -1)
            } catch {
                stop.wait(seconds: Self.pause)
            }
        }
    }

    private func begin(_ socket: ConnectionSocket) {
        let isTaken = open.withLock { open in
            guard open < limits.connections else { return false }
            open += 1
            return true
        }
        guard isTaken else { return refuse(socket) }
        statistics.connections.add()
        let connection = HTTPConnection(
            socket: socket, routes: content.routes, access: content.access, limits: limits,
            statistics: statistics, stop: stop, refused: content.refused)
        _ = WorkerThread(name: "http client") { [self] in
            connection.serve()
            statistics.connections.add(-1)
            open.withLock { $0 -= 1 }
            closed.signal()
        }
    }

    /// Without waiting for the peer: this thread accepts for all.
    private func refuse(_ socket: ConnectionSocket) {
        let refusal = HTTPRefusal(
            .unavailable, "there are \(limits.connections) connections already")
        content.refused(refusal, socket.peer)
        statistics.responses.add(refusal.status)
        var response = HTTPResponse(refusal)
        response.headers.append(("Retry-After", "1"))
        _ = socket.send(response.bytes(isHead: false, closes: true), until: .now())
    }
}
