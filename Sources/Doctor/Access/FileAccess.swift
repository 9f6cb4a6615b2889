import Glibc

/// Owner and mode of a file or a folder.
struct FileAccess: Equatable, Sendable {
    var path: String
    var owner: UInt32
    /// Its nine bits of permissions, and those above them.
    var mode: UInt32

    enum Look: Equatable, Sendable {
        case seen(FileAccess)
        case missing
        /// A folder on the way does not let this user through.
        case hidden
    }

    init(path: String, owner: UInt32, mode: UInt32) {
        (self.path, self.owner, self.mode) = (path, owner, mode)
    }

    static func look(at path: String) -> Look {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            return errno == ENOENT || errno == ENOTDIR ? .missing : .hidden
        }
        return .seen(
            FileAccess(path: path, owner: status.st_uid, mode: status.st_mode & 0o7777))
    }

    /// As `ls` and `chmod` write it: `0600`.
    var octal: String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    // MARK: Rules

    /// What is wrong with a file that holds a secret; nil if nothing is.
    ///
    /// - Parameter user: the daemon's.
    func secretProblem(user: UInt32) -> (found: String, remedy: String)? {
        guard [0, user].contains(owner) else {
            return (
                "\(path) belongs to user \(owner), and the daemon runs as user \(user)",
                "chown \(user) \(path)"
            )
        }
        // Root's may be read by a group, and systemd's credentials are 0440.
        let isRoots = owner == 0 && user != 0
        let isCredential = owner == 0 && mode & 0o777 == 0o440
        guard mode & (isRoots ? 0o037 : 0o077) == 0 || isCredential else {
            return (
                "\(path) has the mode \(octal): others can read the secret", "chmod 600 \(path)"
            )
        }
        return nil
    }

    /// What is wrong with a file that gives rights to others; nil if nothing is.
    func listProblem(user: UInt32) -> (found: String, remedy: String)? {
        guard [0, user].contains(owner) else {
            return (
                "\(path) belongs to user \(owner), and the daemon runs as user \(user)",
                "chown \(user) \(path)"
            )
        }
        guard mode & 0o022 == 0 else {
            return (
                "\(path) has the mode \(octal): others can give themselves rights",
                "chmod go-w \(path)"
            )
        }
        return nil
    }

    /// Of the store's folder or one of its files.
    func storeFinding(user: UInt32, isFolder: Bool) -> DoctorFinding? {
        let wanted = isFolder ? "0700" : "0600"
        guard owner == user || owner == 0 && user == 0 else {
            return .error(
                .permissions,
                "\(path) belongs to user \(owner), and the daemon runs as user \(user), which cannot "
                    + "write it", "chown \(user) \(path)")
        }
        guard mode & 0o022 == 0 else {
            return .error(
                .permissions,
                "\(path) has the mode \(octal): others can \(isFolder ? "replace" : "change") the store",
                "chmod \(wanted) \(path)")
        }
        guard mode & 0o055 == 0 else {
            return .warning(
                .permissions, "\(path) has the mode \(octal): others can read the texts in it",
                "chmod \(wanted) \(path)")
        }
        return nil
    }

    /// Of a socket's file; nil if nothing is wrong.
    ///
    /// - Parameter allowed: the mode that is configured.
    func socketFinding(allowed: UInt32) -> DoctorFinding? {
        let excess = mode & 0o777 & ~allowed
        guard excess != 0 else { return nil }
        let wanted = String(allowed, radix: 8)
        return .warning(
            .socketFile,
            "\(path) has the mode \(octal), and access.ipc_mode is 0\(wanted): more users may connect",
            "chmod \(wanted) \(path), or restart the daemon")
    }

    /// Of the folder of a socket's file; nil if nothing is wrong.
    var socketFolderFinding: DoctorFinding? {
        guard mode & 0o022 != 0, mode & 0o1000 == 0 else { return nil }
        return .warning(
            .socketFile,
            "the folder \(path) has the mode \(octal): others can replace sockets in it",
            "chmod go-w \(path)")
    }
}
