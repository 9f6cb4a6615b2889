import Glibc

/// An open file descriptor, closed with its last reference.
package final class Descriptor: Sendable {
    package let number: Int32
    private let isOwned: Bool

    package static let standardInput = Descriptor(borrowing: STDIN_FILENO)

    /// - Parameter number: becomes this object's to close.
    package init(owning number: Int32) {
        self.number = number
        isOwned = true
    }

    private init(borrowing number: Int32) {
        self.number = number
        isOwned = false
    }

    deinit {
        if isOwned { close(number) }
    }

    package var isTerminal: Bool { isatty(number) == 1 }

    /// Opens a file to read, which must not be a folder.
    package static func open(_ path: String) throws(ClientError) -> Descriptor {
        guard let descriptor = Descriptor(opening: path) else {
            throw .inputMissing(path: path, reason: lastErrorText())
        }
        guard try descriptor.status(path).st_mode & S_IFMT != S_IFDIR else {
            throw .inputMissing(path: path, reason: "it is a folder")
        }
        return descriptor
    }

    /// Opens a file to read; nil, and `errno`, where that fails. A named pipe's opening does not wait
    /// for a writer: that would keep an interruption waiting too.
    convenience init?(opening path: String) {
        let number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { return nil }
        self.init(owning: number)
    }

    /// Up to `limit` bytes; empty at the end of the file, nil where there are none at the moment.
    package func read(upTo limit: Int, path: String) throws(ClientError) -> [UInt8]? {
        try unsafe read(upTo: limit, path: path) { unsafe Glibc.read(number, $0, $1) }
    }

    /// Up to `limit` bytes of a plain file from `offset` on; empty at its end.
    func read(upTo limit: Int, at offset: Int, path: String) throws(ClientError) -> [UInt8]? {
        try unsafe read(upTo: limit, path: path) { unsafe pread(number, $0, $1, offset) }
    }

    private func read(
        upTo limit: Int, path: String, by call: (UnsafeMutableRawPointer?, Int) -> Int
    ) throws(ClientError) -> [UInt8]? {
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var result: Int
            repeat {
                result = unsafe call(buffer.baseAddress, limit)
            } while result == -1 && errno == EINTR
            if result < 0 { code = errno }
            count = max(result, 0)
        }
        switch code {
        case 0: return bytes
        case EAGAIN: return nil
        default: throw .readFailed(path: path, reason: unsafe String(cString: strerror(code)))
        }
    }

    func status(_ path: String) throws(ClientError) -> stat {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else {
            throw .readFailed(path: path, reason: lastErrorText())
        }
        return status
    }
}

/// What the C library says about the call that just failed.
func lastErrorText() -> String { unsafe String(cString: strerror(errno)) }
