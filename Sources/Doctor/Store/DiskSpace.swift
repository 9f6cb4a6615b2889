import Glibc

/// The room for the store.
struct DiskSpace: Equatable, Sendable {
    var folder: String
    /// In bytes, for the daemon's user.
    var free: Int
    var total: Int
    /// Files that can still be made; nil where the file system does not count them.
    var freeFiles: Int?
    /// Of the store now, in bytes.
    var store: Int
    /// `journal.max_bytes`; nil for any size.
    var limit: Int?

    init(
        folder: String, free: Int, total: Int, freeFiles: Int?, store: Int, limit: Int?
    ) {
        (self.folder, self.free, self.total) = (folder, free, total)
        (self.freeFiles, self.store, self.limit) = (freeFiles, store, limit)
    }

    private static let least = 64 << 20
    private static let comfortable = 1 << 30

    /// Nil if the folder cannot be seen.
    static func measured(folder: String, store: Int, limit: Int?) -> DiskSpace? {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { return nil }
        let block = Int(status.f_frsize)
        return DiskSpace(
            folder: folder, free: Int(status.f_bavail) * block, total: Int(status.f_blocks) * block,
            freeFiles: status.f_files == 0 ? nil : Int(status.f_favail), store: store, limit: limit)
    }

    var finding: DoctorFinding {
        let found = "\(free.asBytes) of \(total.asBytes) are free in \(folder)"
        let remedy =
            "make room, or set journal.max_bytes: the daemon takes no input while the disk is full"
        if free < Self.least { return .error(.space, found, remedy) }
        if let freeFiles, freeFiles < 16 {
            return .error(
                .space, "\(found), and no more files can be made there (inodes)",
                "remove files: the store needs some beside the database")
        }
        if let limit, store < limit, limit - store > free {
            return .warning(
                .space,
                "\(found); journal.max_bytes lets the store grow by \((limit - store).asBytes)",
                "set journal.max_bytes lower, or make room")
        }
        guard free >= min(Self.comfortable, total / 20) else {
            return .warning(.space, found, remedy)
        }
        return .ok(.space, found)
    }
}
