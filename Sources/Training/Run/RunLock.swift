internal import Files
package import Foundation
internal import Glibc

/// Keeps other trainings out of a run's folder, until it is let go or its process ends.
package struct RunLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: `TrainingError` if another process holds it.
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
                folder.path, found: "another training at work in it", expected: "one at a time")
        }
    }

    deinit { close(descriptor) }
}
