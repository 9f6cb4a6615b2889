import CLinux
import Glibc

/// Where the store is, by the number that statfs(2) has for it.
struct FileSystemKind: Equatable, Sendable {
    var folder: String
    var magic: Int

    init(folder: String, magic: Int) { (self.folder, self.magic) = (folder, magic) }

    private static let inMemory = [0x0102_1994: "tmpfs", 0x8584_58F6: "ramfs"]
    private static let remote = [
        0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB2", 0x517B: "SMB", 0x0102_1997: "9p",
        0x00C3_6400: "Ceph", 0x6573_5546: "FUSE", 0x5346_414F: "AFS", 0x0BD0_0BD0: "Lustre",
    ]
    private static let local = [
        0xEF53: "ext4", 0x5846_5342: "XFS", 0x9123_683E: "Btrfs", 0x2FC1_2FC1: "ZFS",
        0xF2F5_2010: "F2FS", 0x794C_7630: "overlay",
    ]

    static func measured(folder: String) -> FileSystemKind? {
        var status = statfs()
        guard unsafe statfs(folder, &status) == 0 else { return nil }
        return FileSystemKind(folder: folder, magic: Int(status.f_type) & 0xFFFF_FFFF)
    }

    var finding: DoctorFinding {
        if let name = Self.inMemory[magic] {
            return .warning(
                .fileSystem, "the store is in memory (\(name)): a restart of the machine ends it",
                "name a folder on a disk with journal.path")
        }
        if let name = Self.remote[magic] {
            return .warning(
                .fileSystem,
                "the store is on \(name), which may not keep the promises that SQLite's log needs",
                "name a folder on a local disk with journal.path")
        }
        return .ok(
            .fileSystem,
            "the store is on \(Self.local[magic] ?? "a file system 0x" + String(magic, radix: 16))")
    }
}
