internal import Files
internal import Foundation
internal import Glibc

/// Who writes a store, found without touching its lock.
package enum StoreHolder: Equatable, Sendable {
    case nobody
    case process(Int)

    /// Looks into /proc/locks, which has the processes of this one's namespace.
    ///
    /// - Parameter path: the store's.
    package init(storeAt path: String) {
        let files = StoreFiles(path)
        var status = stat()
        guard unsafe stat(files.lock, &status) == 0,
            let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
        else {
            self = .nobody
            return
        }
        let text = (try? StoreFiles.contents(of: files.lock, atMost: 32)) ?? nil
        let written = text.flatMap {
            Int(String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
        }
        self = Self.holder(
            locks, device: UInt64(status.st_dev), inode: UInt64(status.st_ino), written: written)
    }

    /// The device is not that of stat(2) in some file systems; then the number in the file decides.
    ///
    /// - Parameters:
    ///   - locks: the lines of proc_locks(5).
    ///   - written: the process that the lock's file names.
    static func holder(
        _ locks: String, device: UInt64, inode: UInt64, written: Int?
    ) -> StoreHolder {
        let major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)
        let minor = (device & 0xFF) | (device >> 12 & ~0xFF)
        for line in locks.split(separator: "\n") {
            let fields = line.split(separator: " ").map(String.init)
            guard fields.count >= 6, fields[1] == "FLOCK", let process = Int(fields[4]) else {
                continue
            }
            let place = fields[5].split(separator: ":")
            guard place.count == 3, UInt64(place[2]) == inode else { continue }
            let isDevice =
                UInt64(place[0], radix: 16) == major && UInt64(place[1], radix: 16) == minor
            if isDevice || process == written { return .process(process) }
        }
        return .nobody
    }
}
