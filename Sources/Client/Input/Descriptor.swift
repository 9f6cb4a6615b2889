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
        let number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .inputMissing(path: path, reason: lastErrorText()) }
        let descriptor = Descriptor(owning: number)
        guard try descriptor.status(path).st_mode & S_IFMT != S_IFDIR else {
            throw .inputMissing(path: path, reason: "it is a folder")
        }
        return descriptor
    }

    /// Up to `limit` bytes; empty at the end of the file.
    package func read(upTo limit: Int, path: String) throws(ClientError) -> [UInt8] {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var result: Int
            repeat {
                result = unsafe Glibc.read(number, buffer.baseAddress, limit)
            } while result == -1 && errno == EINTR
            count = max(result, 0)
            if result >= 0 { errno = 0 }
        }
        guard !bytes.isEmpty || errno == 0 else {
            throw .readFailed(path: path, reason: lastErrorText())
        }
        return bytes
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
