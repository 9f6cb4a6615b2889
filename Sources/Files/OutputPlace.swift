internal import Glibc

/// The kind of file at an output path.
package enum OutputPlace: Equatable, Sendable {
    /// The standard output under another name, such as `/dev/stdout`.
    case standardOutput
    /// A pipe or a device, which is written as it is and never replaced.
    case special
    /// A regular file: the target of links, and the permissions of the present file, nil for none.
    case plain(String, permissions: UInt32?)

    package init(_ path: String) {
        var status = stat()
        if unsafe stat(path, &status) != 0 {
            self = .plain(Self.target(of: path) ?? path, permissions: nil)
        } else if Self.isStandardOutput(status) {
            self = .standardOutput
        } else if status.st_mode & S_IFMT != S_IFREG {
            self = .special
        } else {
            self = .plain(Self.resolved(path), permissions: status.st_mode & 0o7777)
        }
    }

    private static func isStandardOutput(_ status: stat) -> Bool {
        var output = stat()
        return unsafe fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == status.st_dev
            && output.st_ino == status.st_ino
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The target of a link to a file that does not exist yet.
    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(link, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let bytes = buffer.prefix(count).map { UInt8(bitPattern: $0) }
        let target = String(decoding: bytes, as: UTF8.self)
        guard !target.hasPrefix("/"), let slash = link.lastIndex(of: "/") else { return target }
        return link[...slash] + target
    }
}
