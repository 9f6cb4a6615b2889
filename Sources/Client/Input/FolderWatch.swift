import Glibc

/// Becomes readable when something in one of some folders changes (inotify(7)).
struct FolderWatch: Sendable {
    let descriptor: Descriptor

    init(_ folders: Set<String>) throws(ClientError) {
        let number = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard number >= 0 else { throw .readFailed(path: "inotify", reason: lastErrorText()) }
        descriptor = Descriptor(owning: number)
        let changes = IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO
        for folder in folders {
            guard unsafe inotify_add_watch(number, folder, UInt32(changes)) >= 0 else {
                throw .inputMissing(path: folder, reason: lastErrorText())
            }
        }
    }

    /// Takes note of all changes so far; look at the files after this, not before.
    func clear() {
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        while unsafe read(descriptor.number, &bytes, bytes.count) > 0 || errno == EINTR {}
    }
}
