import Daemon
import Files
import Foundation

/// The files of a store, and their disk.
struct StorePlaces {
    private let path: String
    private let folder: String
    private let existing: FileAccess.Look

    init(_ path: String) {
        self.path = path
        let parent = (path as NSString).deletingLastPathComponent
        folder = parent.isEmpty ? "." : parent
        existing = FileAccess.look(at: folder)
    }

    var isFolderSeen: Bool {
        switch existing {
        case .missing: true
        case .hidden: false
        case .seen: unsafe access(folder, X_OK) == 0
        }
    }

    /// Of the database and its log, in bytes.
    var bytes: Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            var status = stat()
            return unsafe stat(path + suffix, &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    func permissions(_ account: DaemonAccount) -> [DoctorFinding] {
        guard case .seen(let place) = existing else { return [] }
        let files = ["", "-wal", "-shm", "-ledger", "-lock"].compactMap {
            suffix -> DoctorFinding? in
            guard case .seen(let file) = FileAccess.look(at: path + suffix) else { return nil }
            return file.storeFinding(user: account.user, isFolder: false)
        }
        let findings =
            [place.storeFinding(user: account.user, isFolder: true)].compactMap(\.self) + files
        return findings.isEmpty
            ? [.ok(.permissions, "\(folder) and the store are of user \(account.user) alone")]
            : findings
    }

    /// The nearest folder that is there: the daemon makes the others.
    private var nearestFolder: String {
        var folder = folder
        while !folder.isEmpty, folder != "/", folder != ".",
            case .missing = FileAccess.look(at: folder)
        {
            folder = (folder as NSString).deletingLastPathComponent
        }
        return folder.isEmpty ? "." : folder
    }

    func disk(_ journal: Configuration.Journal, samples: Int) -> [DoctorFinding] {
        let folder = nearestFolder
        let space = DiskSpace.measured(folder: folder, store: bytes, limit: journal.maxBytes)
        return [
            FileSystemKind.measured(folder: folder)?.finding,
            space?.finding ?? .unknown(.space, "this user cannot see the disk of \(folder)"),
            speed(folder, journal, samples),
        ].compactMap(\.self)
    }

    private func speed(
        _ folder: String, _ journal: Configuration.Journal, _ samples: Int
    ) -> DoctorFinding {
        do throws(Errno) {
            return try SyncTimes.measured(inFolder: folder, samples: samples)
                .finding(interval: journal.commitEvery, isDurable: journal.durability == .commit)
        } catch {
            if error.isDenied {
                return .unknown(.fsync, "this user cannot write in \(folder)")
            }
            return .error(
                .fsync, "a file in \(folder) cannot be written and synchronised: \(error)",
                "look at the disk and at the kernel's log (`dmesg`)")
        }
    }
}
