import Files
import Glibc

/// A file that takes its name only when it is complete; until then, and if it never is, whatever
/// had that name stays. Links are followed; pipes and devices are written as they are, and so is the
/// standard output under another name. A report shows text, so only the user may read one that is
/// new; one that is replaced keeps its permissions.
struct ReportFile: ~Copyable {
    private let path: String
    /// What is written beside the file's place, and that place; nil where it is written as it is.
    private let draft: (path: String, place: String)?
    private let descriptor: Int32
    private var isComplete = false

    init(path: String) throws(ReportError) {
        self.path = path
        switch OutputPlace(path) {
        case .standardOutput:
            draft = nil
            descriptor = dup(STDOUT_FILENO)
        case .special:
            draft = nil
            descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        case .plain(let place, let permissions):
            let name = "\(place).\(getpid()).partial"
            _ = unsafe unlink(name)
            draft = (name, place)
            descriptor = unsafe open(name, O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL, 0o600)
            if descriptor >= 0, let permissions { fchmod(descriptor, permissions) }
        }
        guard descriptor >= 0 else { throw .writeFailed(path: path, reason: lastErrorText()) }
    }

    deinit {
        close(descriptor)
        if !isComplete, let draft { unsafe unlink(draft.path) }
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
        if let draft, unsafe rename(draft.path, draft.place) != 0 {
            throw .writeFailed(path: path, reason: lastErrorText())
        }
        isComplete = true
    }
}

/// What the C library says about the call that just failed.
private func lastErrorText() -> String { unsafe String(cString: strerror(errno)) }
