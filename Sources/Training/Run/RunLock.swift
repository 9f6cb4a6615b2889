internal import Files
package import Foundation
internal import Glibc

/// Locks a run's folder against other trainings, until it is released or the process ends.
package struct RunLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: `TrainingError` if another process holds the lock.
    package init(_ folder: URL) throws(TrainingError) {
        descriptor = unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .file(
                folder.path, found: "\(Errno.last)",
                expected: "a folder that can be opened")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .file(
                folder.path, found: "another training that uses it", expected: "one at a time")
        }
    }

    deinit { close(descriptor) }
}
