import Files
import Glibc

/// A TCP socket that accepts connections without waiting; closed with its last reference.
final class ListeningSocket: Sendable {
    let descriptor: CInt
    /// The one that was bound, if any free one was asked for.
    let port: UInt16

    private static let backlog: CInt = 64

    /// - Parameters:
    ///   - host: an address (of IPv6 in brackets), `localhost`, or `*` for every interface.
    ///   - port: 0 for any free one.
    /// - Throws: `HTTPAddressError`.
    init(host: String, port: UInt16) throws(HTTPAddressError) {
        let place = "\(host):\(port)"
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(Self.address(host), "\(port)", &hints, &found)
        guard status == 0, let address = unsafe found else {
            throw HTTPAddressError(place, "expected an address such as 127.0.0.1, localhost or *")
        }
        defer { unsafe freeaddrinfo(address) }
        descriptor = try unsafe Self.listen(at: address.pointee, place)
        self.port = Self.boundPort(descriptor) ?? port
    }

    deinit { close(descriptor) }

    private static func address(_ host: String) -> String {
        switch host {
        case "*": "0.0.0.0"
        case "localhost": "127.0.0.1"
        default: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        }
    }

    private static func listen(
        at address: addrinfo, _ place: String
    ) throws(HTTPAddressError) -> CInt {
        let flags = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = unsafe socket(address.ai_family, flags, 0)
        guard descriptor >= 0 else { throw HTTPAddressError(place, .last) }
        var isOn: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, size)
        guard unsafe bind(descriptor, address.ai_addr, address.ai_addrlen) == 0,
            Glibc.listen(descriptor, backlog) == 0
        else {
            let error = Errno.last
            close(descriptor)
            throw HTTPAddressError(place, error)
        }
        return descriptor
    }

    /// The port is at the same place for IPv4 and IPv6: behind the family, big-endian.
    private static func boundPort(_ descriptor: CInt) -> UInt16? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes -> UInt16? in
            // Both are views of one address (socket(7)), which the call fills in.
            guard let start = bytes.baseAddress,
                unsafe getsockname(
                    descriptor, start.assumingMemoryBound(to: sockaddr.self), &size) == 0
            else { return nil }
            return unsafe UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
    }

    /// Refuses connections from here on, those that wait too.
    func end() { _ = shutdown(descriptor, CInt(SHUT_RDWR)) }

    /// The next connection that waits; nil if there is none.
    func accept() throws(Errno) -> ConnectionSocket? {
        while true {
            let accepted = Glibc.accept(descriptor, nil, nil)
            if accepted >= 0 { return ConnectionSocket(owning: accepted) }
            switch errno {
            case EAGAIN: return nil
            case EINTR, ECONNABORTED, EPROTO: continue
            default: throw .last
            }
        }
    }
}
