import CZeroMQ
import Glibc

extension Endpoint {
    /// Refuses an ipc path that someone listens on, or that is another kind of file: libzmq would
    /// delete it and go on.
    func checkThatNobodyListens() throws(ZeroMQError) {
        guard case .ipc(let path) = address else { return }
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ZeroMQError(.bind, endpoint: text, code: .fileExists)
        }
        guard !Self.accepts(path) else {
            throw ZeroMQError(.bind, endpoint: text, code: .addressInUse)
        }
    }

    /// Whether a process accepts connections at `path`, of at most 107 bytes.
    private static func accepts(_ path: String) -> Bool {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0
        )
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: path.utf8)
        }
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe Glibc.connect(
                    descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // A full backlog is a listener too.
        return status == 0 || errno == EAGAIN
    }
}
