import Files
import Foundation

/// A file with a secret that only the daemon's user, or root, may read and change.
struct SecretFile {
    /// The first and only line.
    let text: String

    private static let mostBytes = 4096

    /// - Throws: `SecretFileError` if it cannot be read, if others may read or change it, or if it
    ///   has more than a line.
    init(_ path: String) throws(SecretFileError) {
        let bytes: [UInt8]?
        let status: stat
        do throws(Errno) {
            let file = try FileDescriptor(path, O_RDONLY | O_NONBLOCK)
            status = try file.status()
            bytes = try file.read(upTo: Self.mostBytes)
        } catch {
            throw SecretFileError(path: path, problem: "cannot be read: \(error)")
        }
        try Self.check(status, path)
        let text = String(decoding: bytes ?? [], as: UTF8.self)
        let lines = text.split(separator: "\n")
        guard lines.count == 1, let line = lines.first else {
            throw SecretFileError(
                path: path, problem: "has \(lines.count) lines; expected one, the secret")
        }
        self.text = String(line)
    }

    private static func check(_ status: stat, _ path: String) throws(SecretFileError) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SecretFileError(path: path, problem: "is not a file")
        }
        guard [0, geteuid()].contains(status.st_uid) else {
            throw SecretFileError(
                path: path,
                problem: "belongs to user \(status.st_uid); expected user \(geteuid()) or root")
        }
        let mode = status.st_mode & 0o777
        guard mode & 0o077 == 0 else {
            throw SecretFileError(
                path: path,
                problem: "has mode \(String(mode, radix: 8)), so that other users may use it; "
                    + "expected 600 (chmod 600 \(path))")
        }
    }
}
