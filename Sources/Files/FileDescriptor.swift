package import Glibc

/// An open file descriptor, closed with its owner.
package struct FileDescriptor: ~Copyable, Sendable {
    package let number: CInt
    private let isOwned: Bool

    /// - Parameter number: is closed with this value.
    package init(owning number: CInt) {
        self.number = number
        isOwned = true
    }

    /// - Parameter number: stays open.
    package init(borrowing number: CInt) {
        self.number = number
        isOwned = false
    }

    /// Opens a file, which child processes do not inherit.
    ///
    /// - Parameters:
    ///   - flags: of open(2).
    ///   - permissions: of a file that is created, less the umask.
    package init(_ path: String, _ flags: CInt, permissions: mode_t = 0) throws(Errno) {
        let number = unsafe open(path, flags | O_CLOEXEC, permissions)
        guard number >= 0 else { throw .last }
        self.init(owning: number)
    }

    deinit {
        if isOwned { close(number) }
    }

    package var isTerminal: Bool { isatty(number) == 1 }

    package func status() throws(Errno) -> stat {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw .last }
        return status
    }

    /// Up to `limit` bytes; empty at the end of the file, nil where there are none at the moment.
    ///
    /// - Parameter offset: where to read in a regular file; nil for its present position.
    package func read(upTo limit: Int, at offset: Int? = nil) throws(Errno) -> [UInt8]? {
        var code: CInt = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var result: Int
            repeat {
                result =
                    if let offset {
                        unsafe pread(number, buffer.baseAddress, limit, off_t(offset))
                    } else {
                        unsafe Glibc.read(number, buffer.baseAddress, limit)
                    }
            } while result < 0 && errno == EINTR
            if result < 0 { code = errno }
            count = max(result, 0)
        }
        switch code {
        case 0: return bytes
        case EAGAIN: return nil
        default: throw Errno(code: code)
        }
    }

    /// Waits until there is something to read, or the end.
    ///
    /// - Returns: whether there is, before the time has passed.
    package func waitForInput(milliseconds: CInt) throws(Errno) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        while true {
            let count = unsafe poll(&entry, 1, milliseconds)
            guard count < 0 else { return count > 0 }
            guard errno == EINTR else { throw .last }
        }
    }

    /// Writes all bytes.
    ///
    /// - Parameter offset: where in a regular file; nil for its present position.
    package func write(_ bytes: [UInt8], at offset: Int? = nil) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                if let offset {
                    unsafe pwrite(
                        number, bytes.baseAddress, bytes.count, off_t(offset + rest.startIndex))
                } else {
                    unsafe Glibc.write(number, bytes.baseAddress, bytes.count)
                }
            }
            guard count >= 0 || errno == EINTR else { throw .last }
            rest = rest.dropFirst(max(count, 0))
        }
    }

    /// Waits until what was written is on the disk.
    package func synchronize() throws(Errno) {
        guard fsync(number) == 0 else { throw .last }
    }
}
