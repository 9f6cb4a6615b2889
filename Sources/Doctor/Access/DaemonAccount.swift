import Glibc

/// The user that the daemon runs as.
struct DaemonAccount: Equatable, Sendable {
    var user: UInt32
    /// Whether this process sees what that user sees.
    var isSeen: Bool

    init(user: UInt32, isSeen: Bool) { (self.user, self.isSeen) = (user, isSeen) }

    /// The user of the process that runs; else the owner of the store's folder, unless that is root;
    /// else this one, unless it is root: then the package's user.
    static func found(process: Int?, storeFolder: String) -> DaemonAccount {
        let own = geteuid()
        let user =
            process.flatMap { owner(of: "/proc/\($0)") }
            ?? owner(of: storeFolder).flatMap { $0 == 0 ? nil : $0 }
            ?? (own != 0 ? own : packageUser ?? 0)
        return DaemonAccount(user: user, isSeen: own == 0 || own == user)
    }

    private static func owner(of path: String) -> UInt32? {
        guard case .seen(let access) = FileAccess.look(at: path) else { return nil }
        return access.owner
    }

    private static var packageUser: UInt32? {
        guard unsafe access("/etc/sluice", F_OK) == 0, let entry = unsafe getpwnam("sluice") else {
            return nil
        }
        return unsafe entry.pointee.pw_uid
    }
}
