import Glibc

/// An address to listen at or connect to: of IPv4, IPv6 or the UNIX domain.
package struct SocketAddress {
    private var storage = sockaddr_storage()
    private var size: socklen_t = 0

    /// sockaddr_un has room for 108 bytes, the last of them NUL: unix(7).
    package static let longestPath = 107

    /// - Parameter path: a file, or after a NUL an abstract name; at most 107 bytes.
    package init(path: String) {
        storage.ss_family = sa_family_t(AF_UNIX)
        // sockaddr_un: the path follows the family, and a file's ends with a NUL.
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe UnsafeMutableRawBufferPointer(rebasing: $0[2...]).copyBytes(from: path.utf8)
        }
        let isAbstract = path.utf8.first == 0
        size = socklen_t(2 + path.utf8.count + (isAbstract ? 0 : 1))
    }

    /// An unnamed one: binding gives a number (`abstractNumber`).
    private init() {
        storage.ss_family = sa_family_t(AF_UNIX)
        size = socklen_t(MemoryLayout<sa_family_t>.size)
    }

    /// Gives a new socket a name of its own in the abstract namespace.
    static func bindToNumber(_ descriptor: Int32) -> UInt64? {
        let status = unsafe SocketAddress().withAddress { unsafe bind(descriptor, $0, $1) }
        return status == 0 ? SocketAddress(of: descriptor)?.abstractNumber : nil
    }

    /// Sends a datagram there, without waiting for anything. Failure is ignored.
    package func sendDatagram(_ bytes: [UInt8]) {
        let socket = socket(
            Int32(storage.ss_family), Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return }
        defer { close(socket) }
        _ = unsafe withAddress {
            unsafe sendto(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, $1)
        }
    }

    /// - Parameters:
    ///   - host: `*`, an address, or an interface's name.
    ///   - ipv6: `*` is every interface of both kinds, and an interface may have an IPv6 address alone.
    init(host: String, port: UInt16, ipv6: Bool) throws(ZeroMQError.Code) {
        if let address = try? Self(numeric: host, port: port, ipv6: ipv6) {
            self = address
            return
        }
        guard let address = Self.ofInterface(host, ipv6: ipv6) else { throw .noSuchDevice }
        self = try Self(numeric: address, port: port, ipv6: ipv6)
    }

    private init(numeric host: String, port: UInt16, ipv6: Bool) throws(ZeroMQError.Code) {
        let text =
            host == "*"
            ? ipv6 ? "::" : "0.0.0.0"
            : host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(text, String(port), &hints, &found)
        guard status == 0, let first = unsafe found else { throw .noSuchDevice }
        defer { unsafe freeaddrinfo(first) }
        unsafe copy(first.pointee.ai_addr, first.pointee.ai_addrlen)
    }

    private mutating func copy(_ address: UnsafeMutablePointer<sockaddr>, _ size: socklen_t) {
        self.size = size
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.copyMemory(
                from: UnsafeRawBufferPointer(start: address, count: Int(size)))
        }
    }

    /// The address of an interface, IPv4 before IPv6.
    private static func ofInterface(_ name: String, ipv6: Bool) -> String? {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return nil }
        defer { unsafe freeifaddrs(list) }
        for family in ipv6 ? [AF_INET, AF_INET6] : [AF_INET] {
            var next = unsafe list
            while let entry = unsafe next {
                unsafe next = entry.pointee.ifa_next
                guard unsafe String(cString: entry.pointee.ifa_name) == name,
                    let address = unsafe entry.pointee.ifa_addr,
                    unsafe address.pointee.sa_family == sa_family_t(family)
                else { continue }
                return unsafe numericName(address).host
            }
        }
        return nil
    }

    /// A new socket that listens here.
    ///
    /// - Parameter prepare: called between binding and listening.
    func listen(
        _ backlog: Int, prepare: () throws(ZeroMQError.Code) -> Void = {}
    ) throws(ZeroMQError.Code) -> Int32 {
        let descriptor = try bound()
        do throws(ZeroMQError.Code) {
            try prepare()
            guard Glibc.listen(descriptor, Int32(clamping: backlog)) == 0 else {
                throw ZeroMQError.Code(errno)
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// A new socket that is bound here.
    func bound() throws(ZeroMQError.Code) -> Int32 {
        let descriptor = try open(isBlocking: false)
        var one: Int32 = 1
        var zero: Int32 = 0
        let flag = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, flag)
        if Int32(storage.ss_family) == AF_INET6 {
            unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &zero, flag)
        }
        guard unsafe withAddress({ unsafe bind(descriptor, $0, $1) }) == 0 else {
            let code = ZeroMQError.Code(errno)
            close(descriptor)
            throw code
        }
        return descriptor
    }

    /// A new socket, which waits in its calls or not.
    func open(isBlocking: Bool) throws(ZeroMQError.Code) -> Int32 {
        let flags = isBlocking ? 0 : SOCK_NONBLOCK.rawValue
        let descriptor = socket(
            Int32(storage.ss_family),
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | flags), 0)
        guard descriptor >= 0 else { throw ZeroMQError.Code(errno) }
        return descriptor
    }

    func connect(_ descriptor: Int32) -> Bool {
        var status: Int32
        repeat {
            status = unsafe withAddress { unsafe Glibc.connect(descriptor, $0, $1) }
        } while status != 0 && errno == EINTR
        return status == 0
    }

    /// A sockaddr_storage has the size and alignment of every address, so it may be lent as a sockaddr.
    private func withAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
        }
    }

    // MARK: Names

    /// Of a socket itself.
    init?(of descriptor: Int32) {
        unsafe self.init { unsafe getsockname(descriptor, $0, $1) }
    }

    /// Of its peer.
    init?(peerOf descriptor: Int32) {
        unsafe self.init { unsafe getpeername(descriptor, $0, $1) }
    }

    private init?(
        _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) {
        // The kernel writes at most `size` bytes, and a sockaddr_storage is a sockaddr.
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = unsafe withUnsafeMutablePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call($0, &size) }
        }
        guard status == 0 else { return nil }
        self.size = size
    }

    /// `127.0.0.1:40000`, `[::1]:40000`; nil in the UNIX domain.
    var text: String? {
        let family = Int32(storage.ss_family)
        guard family == AF_INET || family == AF_INET6 else { return nil }
        let (host, port) = unsafe withAddress { address, _ in unsafe Self.numericName(address) }
        return family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// The number that the kernel gave a socket as its name in the abstract namespace: a NUL and five
    /// hexadecimal digits (unix(7), "Autobind feature").
    var abstractNumber: UInt64? {
        // The family, the NUL and at most 16 digits.
        guard Int32(storage.ss_family) == AF_UNIX, (4...19).contains(size) else { return nil }
        return unsafe withUnsafeBytes(of: storage) { bytes in
            guard unsafe bytes[2] == 0 else { return nil }
            return UInt64(unsafe String(decoding: bytes[3..<Int(size)], as: UTF8.self), radix: 16)
        }
    }

    /// Who is connected: `127.0.0.1:40000`, or `process 17, user 0`.
    static func peerName(of descriptor: Int32) -> String {
        SocketAddress(peerOf: descriptor)?.text ?? processName(of: descriptor)
    }

    private static func processName(of descriptor: Int32) -> String {
        guard let peer = credentials(of: descriptor) else { return "unknown" }
        return "process \(peer.pid), user \(peer.user)"
    }

    /// Of the process at the other end of a UNIX socket.
    static func credentials(
        of descriptor: Int32
    ) -> (pid: pid_t, user: uid_t, group: gid_t)? {
        var credentials = (pid: pid_t(0), user: uid_t(0), group: gid_t(0))
        var size = socklen_t(MemoryLayout<(pid_t, uid_t, gid_t)>.size)
        let status = unsafe getsockopt(
            descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size)
        return status == 0 ? credentials : nil
    }

    private static func numericName(
        _ address: UnsafePointer<sockaddr>
    ) -> (host: String, port: String) {
        let isIPv4 = unsafe Int32(address.pointee.sa_family) == AF_INET
        let size = isIPv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        unsafe getnameinfo(
            address, socklen_t(size), &host, socklen_t(host.count), &port, socklen_t(port.count),
            NI_NUMERICHOST | NI_NUMERICSERV)
        return (text(host), text(port))
    }

    private static func text(_ characters: [CChar]) -> String {
        String(
            decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
