internal import Glibc

/// Whose files a folder's are: what root restores belongs to the service.
struct FileOwner: Sendable {
    private let user: uid_t
    private let group: gid_t

    /// The owner of a folder; nil where this process is not root, and so owns what it makes.
    init?(ofFolder path: String) {
        var status = stat()
        guard geteuid() == 0, unsafe stat(path, &status) == 0 else { return nil }
        user = status.st_uid
        group = status.st_gid
    }

    /// Gives a file away.
    func take(_ path: String) { _ = unsafe chown(path, user, group) }
}
