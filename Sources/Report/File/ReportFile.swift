import Glibc

/// A file that takes its name only when it is complete; until then, and if it never is, whatever
/// had that name stays. Pipes and devices are written as they are. A report shows text, so only the
/// user may read one that is new; one that is replaced keeps its permissions.
struct ReportFile: ~Copyable {
    private let path: String
    private let target: String
    private let descriptor: Int32
    private var isComplete = false

    init(path: String) throws(ReportError) {
        self.path = path
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        let isPlain = !exists || status.st_mode & S_IFMT == S_IFREG
        target = isPlain ? "\(path).\(getpid()).partial" : path
        if isPlain { _ = unsafe unlink(target) }
        descriptor = unsafe open(
            target, O_WRONLY | O_CLOEXEC | (isPlain ? O_CREAT | O_EXCL : 0), 0o600)
        guard descriptor >= 0 else { throw .writeFailed(path: path, reason: lastErrorText()) }
        if isPlain { fchmod(descriptor, exists ? status.st_mode & 0o777 : 0o600) }
    }

    deinit {
        close(descriptor)
        if !isComplete && target != path { unsafe unlink(target) }
    }

    mutating func write(_ bytes: [UInt8]) throws(ReportError) {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                start += count
            } else if errno != EINTR {
                throw .writeFailed(path: path, reason: lastErrorText())
            }
        }
    }

    mutating func finish() throws(ReportError) {
        if target != path {
            guard unsafe rename(target, path) == 0 else {
                throw .writeFailed(path: path, reason: lastErrorText())
            }
        }
        isComplete = true
    }
}

/// What the C library says about the call that just failed.
private func lastErrorText() -> String { unsafe String(cString: strerror(errno)) }
