import Files
import Foundation
import Glibc

/// A small file system of its own, for what a full or a read-only disk does.
package final class TemporaryMount {
    /// Whether this process may mount one: as root, outside most containers.
    package static let isPermitted = (try? TemporaryMount(bytes: 1 << 16)) != nil

    package struct Refused: Error {
        package let reason: String
    }

    package let folder: String

    package init(bytes: Int) throws {
        folder = NSTemporaryDirectory() + "sluice-mount-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        guard unsafe mount("tmpfs", folder, "tmpfs", 0, "size=\(bytes)") == 0 else {
            let reason = "\(Errno.last)"
            _ = unsafe rmdir(folder)
            throw Refused(reason: reason)
        }
    }

    deinit {
        _ = unsafe umount2(folder, CInt(MNT_DETACH))
        _ = unsafe rmdir(folder)
    }

    package func makeReadOnly() throws {
        let flags = UInt(MS_REMOUNT | MS_RDONLY)
        guard unsafe mount("tmpfs", folder, "tmpfs", flags, nil) == 0 else {
            throw Refused(reason: "\(Errno.last)")
        }
    }

    /// Takes all room that is left, but for `bytes`.
    package func fill(leaving bytes: Int) throws {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { throw Refused(reason: "statvfs") }
        let free = Int(status.f_bfree) * Int(status.f_bsize)
        try Data(count: max(0, free - bytes)).write(to: URL(fileURLWithPath: folder + "/filler"))
    }

    package func makeRoom() throws {
        try FileManager.default.removeItem(atPath: folder + "/filler")
    }
}
