package import Glibc

/// A file that takes its name once it is complete. It is written beside its place and moved there;
/// until then, and if it is never completed, a file of that name stays as it is.
package struct NewFile: ~Copyable {
    package let descriptor: FileDescriptor
    private let path: String
    private let draft: String
    private var isComplete = false

    /// - Parameters:
    ///   - permissions: of a new file, less the umask.
    ///   - exactPermissions: set whatever the umask is; nil for those above.
    package init(
        _ path: String, permissions: mode_t = 0o644, exactPermissions: mode_t? = nil
    ) throws(Errno) {
        self.path = path
        draft = Self.draft(of: path)
        // An earlier process of the same number may have left it.
        _ = unsafe unlink(draft)
        descriptor = try FileDescriptor(
            draft, O_RDWR | O_CREAT | O_EXCL,
            permissions: exactPermissions == nil ? permissions : 0o600)
        if let exactPermissions { fchmod(descriptor.number, exactPermissions) }
    }

    deinit {
        if !isComplete { _ = unsafe unlink(draft) }
    }

    /// The temporary name, in the same folder.
    package static func draft(of path: String) -> String { "\(path).\(getpid()).partial" }

    /// Moves the file to its place. Nothing is written after that.
    ///
    /// - Parameter isDurable: wait until the file and its name are on the disk.
    package mutating func complete(isDurable: Bool = false) throws(Errno) {
        if isDurable { try descriptor.synchronize() }
        guard unsafe rename(draft, path) == 0 else { throw .last }
        isComplete = true
        if isDurable { try Self.synchronizeFolder(of: path) }
    }

    /// A folder that may not be read cannot be synchronized.
    package static func synchronizeFolder(of path: String) throws(Errno) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        do throws(Errno) {
            try FileDescriptor(folder, O_RDONLY | O_DIRECTORY).synchronize()
        } catch {
            guard error.code == EACCES else { throw error }
        }
    }

    /// A file without a name, for as long as it is open.
    ///
    /// - Parameter folder: whose file system holds it.
    package static func withoutName(in folder: String) throws(Errno) -> FileDescriptor {
        let draft = draft(of: folder + "/sluice")
        _ = unsafe unlink(draft)
        let file = try FileDescriptor(draft, O_RDWR | O_CREAT | O_EXCL, permissions: 0o600)
        _ = unsafe unlink(draft)
        return file
    }

    /// Moves a finished file to a place where no file may be.
    ///
    /// - Throws: `Errno` with `EEXIST` where there is one. A file system without hard links cannot
    ///   tell.
    package static func move(_ draft: String, toNew path: String) throws(Errno) {
        if unsafe link(draft, path) == 0 {
            _ = unsafe unlink(draft)
            return
        }
        let reason = Errno.last
        guard reason.code != EEXIST, unsafe rename(draft, path) == 0 else { throw reason }
    }
}
