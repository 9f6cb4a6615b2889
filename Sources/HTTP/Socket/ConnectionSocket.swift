import Dispatch
import Glibc

/// A connected TCP socket, of which every operation has a deadline; closed with its last reference.
final class ConnectionSocket: Sendable {
    private let descriptor: CInt

    private static let readAtOnce = 16 << 10

    init(owning descriptor: CInt) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    enum Received {
        case bytes([UInt8])
        /// The other side sends no more.
        case ended
        case tooLate
        /// The other descriptor became readable.
        case interrupted
    }

    /// - Parameter interrupt: a descriptor that ends the wait; nil for none.
    func receive(until deadline: DispatchTime, interrupt: CInt? = nil) -> Received {
        while true {
            switch wait(for: Int16(POLLIN), until: deadline, interrupt: interrupt) {
            case .ready: break
            case .tooLate: return .tooLate
            case .interrupted: return .interrupted
            }
            var isEmpty = false
            // The count that recv(2) returns is that of the bytes it has set.
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.readAtOnce) {
                let received = unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
                isEmpty = received < 0 && (errno == EAGAIN || errno == EINTR)
                $1 = max(0, received)
            }
            if !isEmpty { return bytes.isEmpty ? .ended : .bytes(bytes) }
        }
    }

    /// False if the other side is gone, or has not taken all by the deadline.
    func send(_ bytes: [UInt8], until deadline: DispatchTime) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                guard errno == EAGAIN,
                    case .ready = wait(for: Int16(POLLOUT), until: deadline, interrupt: nil)
                else { return false }
            }
        }
        return true
    }

    /// Tells the other side that no more will come, and drops a little of what it still sends:
    /// closing with unread bytes would discard the response that it has not read yet.
    func endSending(until deadline: DispatchTime, dropping most: Int) {
        _ = shutdown(descriptor, CInt(SHUT_WR))
        var dropped = 0
        while dropped < most, case .bytes(let bytes) = receive(until: deadline) {
            dropped += bytes.count
        }
    }

    private enum Readiness { case ready, tooLate, interrupted }

    private func wait(
        for events: Int16, until deadline: DispatchTime, interrupt: CInt?
    ) -> Readiness {
        var entries = [
            pollfd(fd: descriptor, events: events, revents: 0),
            pollfd(fd: interrupt ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let now = DispatchTime.now().uptimeNanoseconds
            guard now < deadline.uptimeNanoseconds else { return .tooLate }
            let left = (deadline.uptimeNanoseconds - now) / 1_000_000 + 1
            let count = unsafe poll(&entries, 2, CInt(clamping: left))
            if count > 0 { return entries[0].revents != 0 ? .ready : .interrupted }
        }
    }

    /// The address and port of the other side.
    var peer: String {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: 64)
        var port = [CChar](repeating: 0, count: 8)
        let status = unsafe withUnsafeMutableBytes(of: &storage) { bytes -> CInt in
            guard let start = bytes.baseAddress else { return -1 }
            // Both are views of one address (socket(7)), which the call fills in.
            let address = unsafe start.assumingMemoryBound(to: sockaddr.self)
            guard unsafe getpeername(descriptor, address, &size) == 0 else { return -1 }
            return unsafe getnameinfo(
                address, size, &host, socklen_t(host.count), &port, socklen_t(port.count),
                NI_NUMERICHOST | NI_NUMERICSERV)
        }
        guard status == 0 else { return "unknown" }
        return "\(Self.text(host)):\(Self.text(port))"
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
}
