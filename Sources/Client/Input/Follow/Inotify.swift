import CLinux
import Files
import Glibc

/// An inotify(7) descriptor.
struct Inotify: Sendable {
    let descriptor: Descriptor

    /// Nil where the system's limit is reached.
    init?() {
        let number = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard number >= 0 else { return nil }
        descriptor = Descriptor(FileDescriptor(owning: number))
    }

    private static let folderEvents =
        IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF
        | IN_MOVE_SELF | IN_ONLYDIR
    private static let fileEvents = IN_MODIFY | IN_ATTRIB

    /// Watches the names in a folder.
    ///
    /// - Parameter canMiss: set where changes may be missed.
    /// - Returns: the watch; nil without one.
    func watch(folder: String, _ canMiss: inout Bool) -> Int32? {
        let number = unsafe inotify_add_watch(
            descriptor.number, folder, UInt32(bitPattern: Int32(Self.folderEvents)))
        guard number >= 0 else {
            // The parent folder reports that this one was removed meanwhile.
            if errno != ENOENT, errno != ENOTDIR { canMiss = true }
            return nil
        }
        var system = statfs()
        if unsafe statfs(folder, &system) != 0 || Self.canMissChanges(system) { canMiss = true }
        return number
    }

    /// Watches an open file, whatever its present name.
    func watch(_ file: Descriptor, _ canMiss: inout Bool) -> Int32? {
        var system = statfs()
        if unsafe fstatfs(file.number, &system) != 0 || Self.canMissChanges(system) {
            canMiss = true
        }
        let number = unsafe inotify_add_watch(
            descriptor.number, "/proc/self/fd/\(file.number)", UInt32(Self.fileEvents))
        if number < 0 { canMiss = true }
        return number < 0 ? nil : number
    }

    func remove(_ watch: Int32) { inotify_rm_watch(descriptor.number, watch) }

    /// Takes the pending events.
    ///
    /// - Parameter matters: called with the watch, the name and the mask of an event.
    /// - Returns: whether an event matters, or events were lost.
    func takeEvents(_ matters: (Int32, String, UInt32) -> Bool) -> Bool {
        var found = false
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = unsafe read(descriptor.number, &buffer, buffer.count)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return found
            }
            for event in Self.events(in: buffer[..<count]) where !found {
                found =
                    event.mask & UInt32(IN_Q_OVERFLOW) != 0
                    || matters(event.watch, event.name, event.mask)
            }
        }
    }

    /// An event is its watch, mask, cookie and length of name, each of 4 bytes, and the name, filled
    /// up with NUL.
    private static func events(
        in bytes: ArraySlice<UInt8>
    ) -> [(watch: Int32, mask: UInt32, name: String)] {
        var events: [(watch: Int32, mask: UInt32, name: String)] = []
        var start = bytes.startIndex
        while start + 16 <= bytes.endIndex {
            let words = (0..<4).map { word in
                (0..<4).reversed().reduce(UInt32(0)) {
                    $0 << 8 | UInt32(bytes[start + 4 * word + $1])
                }
            }
            let end = min(start + 16 + Int(words[3]), bytes.endIndex)
            let name = bytes[(start + 16)..<end].prefix { $0 != 0 }
            events.append(
                (Int32(bitPattern: words[0]), words[1], String(decoding: name, as: UTF8.self)))
            start = end
        }
        return events
    }

    /// File systems whose files can change without this kernel's knowledge: statfs(2).
    private static func canMissChanges(_ system: statfs) -> Bool {
        remoteSystems.contains(UInt32(truncatingIfNeeded: system.f_type))
    }

    private static let remoteSystems: Set<UInt32> = [
        0x6969,  // NFS
        0x517B, 0xFE53_4D42, 0xFF53_4D42,  // SMB, CIFS
        0x6573_5546,  // FUSE
        0x0102_1997,  // 9P
        0x00C3_6400,  // Ceph
        0x5346_414F, 0x6B41_4653, 0x7375_7245,  // AFS, Coda
        0x0116_1970, 0x7461_636F, 0x0BD0_0BD0,  // GFS2, OCFS2, Lustre
        0x786F_4256, 0xBACB_ACBC,  // shared folders of virtual machines
        0x9FA0, 0x6265_6572,  // proc, sysfs
        0x794C_7630,  // overlayfs: what is written may be another file than what was opened
    ]
}
