import Glibc
import Synchronization

/// A listening socket of the gate's, in libzmq's place: same endpoints, same options.
final class GateListener: Sendable {
    let descriptor: Int32
    /// Where it listens, wildcards filled in.
    let endpoint: Endpoint
    /// The file of a UNIX socket, and the folder that was made for it.
    private let path: String?
    private let folder: String?
    /// Of an abstract name, which has no file and so no mode: whom it admits.
    private let admitted: (mode: UInt32, group: UInt32)?
    private let keepalive: SocketOptions.TCPKeepalive?
    private let hasEnded = Atomic<Bool>(false)

    /// As libzmq has it.
    private static let backlog = 100

    init(_ endpoint: Endpoint, _ options: SocketOptions) throws(ZeroMQError) {
        try endpoint.checkNotListened()
        let backlog = options.backlog ?? Self.backlog
        keepalive = options.tcpKeepalive
        admitted =
            if case .abstractIPC = endpoint.address {
                (options.ipcMode, options.ipcGroup ?? getegid())
            } else { nil }
        do throws(ZeroMQError.Code) {
            switch endpoint.address {
            case .tcp(let host, let port):
                let address = try SocketAddress(host: host, port: port ?? 0, ipv6: options.ipv6)
                (descriptor, path, folder) = (try address.listen(backlog), nil, nil)
            case .ipc(let file):
                descriptor = try Self.listen(atPath: file, backlog, options)
                (path, folder) = (file, nil)
            case .abstractIPC(let name):
                descriptor = try SocketAddress(path: "\0" + name).listen(backlog)
                (path, folder) = (nil, nil)
            case .anyIPC:
                let made = try Self.makeFolder()
                descriptor = try Self.listen(atPath: made + "/socket", backlog, options)
                (path, folder) = (made + "/socket", made)
            case .inproc: throw ZeroMQError.Code.protocolNotSupported
            }
        } catch {
            throw ZeroMQError(.bind, endpoint: endpoint.text, code: error)
        }
        self.endpoint = Self.filledIn(endpoint, descriptor, path)
    }

    deinit { end() }

    /// Takes the next connection that waits; it never waits itself.
    func accept() throws(ZeroMQError.Code) -> (stream: ByteStream, peer: String)? {
        while true {
            let accepted = Glibc.accept(descriptor, nil, nil)
            if accepted >= 0 {
                let stream = ByteStream(accepted)
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                tune(accepted)
                return (stream, SocketAddress.peerName(of: accepted))
            }
            switch errno {
            case EAGAIN: return nil
            case EINTR, ECONNABORTED, EPROTO: continue
            default: throw ZeroMQError.Code(errno)
            }
        }
    }

    /// Whether the user at the other end may connect: a file's mode says so itself.
    func admits(_ stream: ByteStream) -> Bool {
        guard let admitted else { return true }
        guard let user = SocketAddress.credentials(of: stream.descriptor) else { return false }
        let isOwn = [0, geteuid()].contains(user.user)
        return isOwn || admitted.mode & 0o002 != 0
            || (admitted.mode & 0o020 != 0 && user.group == admitted.group)
    }

    /// Stops listening. The endpoint is free for another listener at once, while connections from
    /// this one live on.
    func end() {
        guard !hasEnded.exchange(true, ordering: .acquiringAndReleasing) else { return }
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
        if let path { _ = unsafe unlink(path) }
        if let folder { _ = unsafe rmdir(folder) }
    }

    private func tune(_ stream: Int32) {
        guard case .tcp = endpoint.address else { return }
        Self.set(stream, IPPROTO_TCP, TCP_NODELAY, 1)
        guard let keepalive else { return }
        Self.set(stream, Int(SOL_SOCKET), SO_KEEPALIVE, 1)
        Self.set(stream, IPPROTO_TCP, TCP_KEEPIDLE, keepalive.idle.milliseconds / 1000)
        Self.set(stream, IPPROTO_TCP, TCP_KEEPINTVL, keepalive.interval.milliseconds / 1000)
        Self.set(stream, IPPROTO_TCP, TCP_KEEPCNT, keepalive.count)
    }

    private static func set(_ stream: Int32, _ level: Int, _ option: Int32, _ value: Int) {
        var value = Int32(clamping: value)
        unsafe setsockopt(
            stream, Int32(level), option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Removes a file that no process listens on, which would prevent binding: see
    /// `checkNotListened`.
    private static func listen(
        atPath path: String, _ backlog: Int, _ options: SocketOptions
    ) throws(ZeroMQError.Code) -> Int32 {
        _ = unsafe unlink(path)
        // Nobody can connect before it listens, so the mode that binding gives does not matter.
        return try SocketAddress(path: path).listen(backlog) { () throws(ZeroMQError.Code) in
            // A hardened service may not change owners, and need not: the socket is of its group.
            if let group = options.ipcGroup, group != getegid() {
                guard unsafe chown(path, uid_t.max, group) == 0 else {
                    throw ZeroMQError.Code(errno)
                }
            }
            guard unsafe chmod(path, mode_t(options.ipcMode)) == 0 else {
                throw ZeroMQError.Code(errno)
            }
        }
    }

    private static func makeFolder() throws(ZeroMQError.Code) -> String {
        var template = Array("/tmp/sluice-XXXXXX\0".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw ZeroMQError.Code(errno) }
        return String(
            decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func filledIn(
        _ endpoint: Endpoint, _ descriptor: Int32, _ path: String?
    ) -> Endpoint {
        guard endpoint.isWildcard else { return endpoint }
        let text =
            path.map { "ipc://\($0)" } ?? "tcp://\(SocketAddress(of: descriptor)?.text ?? "")"
        return (try? Endpoint(text)) ?? endpoint
    }
}
