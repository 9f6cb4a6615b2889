import Glibc

/// A stream connection that says what the test says, byte by byte.
package final class RawPeer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let descriptor: Int32

    /// - Parameter endpoint: `tcp://127.0.0.1:PORT` or `ipc://PATH`.
    package init(_ endpoint: String) throws(Failure) {
        let isLocal = endpoint.hasPrefix("ipc://")
        descriptor = socket(
            isLocal ? AF_UNIX : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let status =
            isLocal
            ? Self.connect(descriptor, path: String(endpoint.dropFirst(6)))
            : Self.connect(descriptor, port: UInt16(endpoint.split(separator: ":").last!)!)
        guard status == 0 else { throw Failure(description: "\(endpoint): errno \(errno)") }
        boundWaits()
    }

    /// Takes over a connection.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
        boundWaits()
    }

    /// A failing test ends instead of hanging.
    private func boundWaits() {
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    }

    private static func connect(_ descriptor: Int32, port: UInt16) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe Glibc.connect(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count))
        }
    }

    private static func connect(_ descriptor: Int32, path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: path.utf8)
        }
        return unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe Glibc.connect(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count))
        }
    }

    deinit { close(descriptor) }

    /// False if the other side has closed the connection before all was sent.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Up to so many bytes; fewer where the other side has closed the connection, or is silent.
    package func receive(_ count: Int) -> [UInt8] {
        var received: [UInt8] = []
        while received.count < count {
            var buffer = [UInt8](repeating: 0, count: min(count - received.count, 65_536))
            let got = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            if got <= 0 { break }
            received += buffer[..<got]
        }
        return received
    }

    /// All that comes until the other side closes the connection; nil if it does not within the
    /// time allowed.
    package func receiveUntilClosed() -> [UInt8]? {
        let received = receive(1 << 20)
        var byte: UInt8 = 0
        let status = unsafe recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
        let isClosed = status == 0 || (status < 0 && errno == ECONNRESET)
        return isClosed ? received : nil
    }
}

/// Listens on a free port of the loopback interface.
package final class RawServer {
    private let descriptor: Int32
    package let endpoint: String

    package init() throws(RawPeer.Failure) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            guard unsafe bind(descriptor, pointer, size) == 0, listen(descriptor, 16) == 0
            else { return Int32(-1) }
            return unsafe getsockname(descriptor, pointer, &size)
        }
        self.descriptor = descriptor
        endpoint = "tcp://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        guard status == 0 else {
            throw RawPeer.Failure(description: "cannot listen: errno \(errno)")
        }
    }

    deinit { close(descriptor) }

    package func accept() throws(RawPeer.Failure) -> RawPeer {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw RawPeer.Failure(description: "accept: errno \(errno)") }
        return RawPeer(descriptor: accepted)
    }
}
