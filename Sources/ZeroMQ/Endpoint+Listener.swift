import Glibc

extension Endpoint {
    /// Refuses an ipc path that a process listens on, or that is another kind of file: libzmq would
    /// delete it and continue.
    func checkNotListened() throws(ZeroMQError) {
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
        let address = SocketAddress(path: path)
        guard let descriptor = try? address.open(isBlocking: false) else { return false }
        defer { close(descriptor) }
        // A full backlog is a listener too.
        return address.connect(descriptor) || errno == EAGAIN
    }
}
