internal import Files
internal import Foundation
internal import Glibc
internal import Storage

/// The files of a store, by the path of its database.
struct StoreFiles: Sendable {
    let database: String

    /// - Parameter path: made absolute, so that SQLite takes it for a path and nothing else.
    init(_ path: String) {
        database =
            path.hasPrefix("/")
            ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    var wal: String { database + "-wal" }
    var sharedMemory: String { database + "-shm" }
    var ledger: String { database + "-ledger" }
    /// How far a check has come that was cut short (CheckPlace.swift).
    var check: String { database + "-check" }
    var lock: String { database + "-lock" }
    var folder: String { (database as NSString).deletingLastPathComponent }

    /// Names the database as one that no process changes, which SQLite opens without a lock.
    var immutableURI: String {
        let plain = Set("/._-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        let path = database.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return plain.contains(byte)
                ? String(Unicode.Scalar(byte)) : (byte < 16 ? "%0" : "%") + digits
        }
        return "file:\(path.joined())?immutable=1"
    }

    /// Of a regular file in bytes; nil where there is none.
    static func size(of path: String) throws(StorageError) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw StorageError(.unreadable, in: path, lastErrorText())
            }
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.foreign, in: path, "it is not a regular file")
        }
        return Int(status.st_size)
    }

    /// Where there is none, nothing is done.
    static func remove(_ path: String) throws(StorageError) {
        guard unsafe unlink(path) != 0, errno != ENOENT else { return }
        throw StorageError(.io, in: path, "it cannot be removed: \(lastErrorText())")
    }

    /// With all that lead to it, for the user alone.
    func makeFolder() throws(StorageError) { try Self.makeFolder(folder) }

    private static func makeFolder(_ path: String) throws(StorageError) {
        guard unsafe access(path, F_OK) != 0 else { return }
        let parent = (path as NSString).deletingLastPathComponent
        if !parent.isEmpty { try makeFolder(parent) }
        guard unsafe mkdir(path, Self.folderMode) != 0, errno != EEXIST else { return }
        throw StorageError(.last, in: path, "the folder cannot be made")
    }

    /// Without opening the database: closing it again would drop the locks that SQLite holds on it.
    func checkWritable() throws(StorageError) {
        for (path, kind) in [(folder, "the folder"), (database, "it")] {
            guard unsafe access(path, W_OK) != 0, errno != ENOENT else { continue }
            throw StorageError(
                .readOnly, in: path, "\(kind) may not be written: \(lastErrorText())")
        }
    }
}

extension StorageError {
    /// Of a failed call of the C library.
    ///
    /// - Parameters:
    ///   - failure: what could not be done.
    ///   - other: of reasons besides missing rights and missing room.
    init(_ reason: Errno, in path: String, _ failure: String, other: Code = .unreadable) {
        let code: Code = reason.isDenied ? .readOnly : reason.isFull ? .full : other
        self.init(code, in: path, "\(failure): \(reason)")
    }
}

/// What the C library says about the call that just failed.
func lastErrorText() -> String { "\(Errno.last)" }
