import Files
import Glibc

/// Files that are there wholly or not at all.
package enum WholeFile {
    /// The bytes of a file, or of the standard input for `-`.
    ///
    /// - Throws: `ClientError`, also where there are more than `limit`.
    package static func read(_ path: String, limit: Int) throws(ClientError) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .inputMissing(path: path, reason: lastErrorText())
        }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .readFailed(path: path, reason: lastErrorText())
            }
            bytes += buffer.prefix(count)
            guard bytes.count <= limit else {
                throw .readFailed(path: path, reason: "it has more than \(limit) bytes")
            }
        }
    }

    /// Puts the bytes on the disk beside their place, and then there: whoever looks finds what was
    /// there before, or all of this. Only the user may read a file that is new; one that is replaced
    /// keeps its permissions. Links are followed; pipes and devices are written as they are, and so
    /// is the standard output under another name.
    package static func write(_ bytes: [UInt8], to path: String) throws(ClientError) {
        switch OutputPlace(path) {
        case .standardOutput: try OutputStream.standardOutput.write(bytes)
        case .special:
            let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure(path) }
            defer { close(descriptor) }
            try OutputStream(descriptor).write(bytes)
        case .plain(let place, let permissions):
            try replace(place, with: bytes, permissions: permissions ?? 0o600)
        }
    }

    private static func replace(
        _ path: String, with bytes: [UInt8], permissions: mode_t
    ) throws(ClientError) {
        let temporary = "\(path).\(getpid()).part"
        let descriptor = unsafe open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        do throws(ClientError) {
            defer { close(descriptor) }
            fchmod(descriptor, permissions)
            try OutputStream(descriptor).write(bytes)
            guard fsync(descriptor) == 0 else { throw failure(path) }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            let failure = failure(path)
            unsafe unlink(temporary)
            throw failure
        }
        syncFolder(of: path)
    }

    private static func failure(_ path: String) -> ClientError {
        .writeFailed(reason: "\(path): \(lastErrorText())")
    }

    /// The new name is on the disk, too.
    private static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
