import Foundation
import Journal
import Storage

/// A store in a folder of its own, which goes with it: in memory where there is such a place,
/// since thousands of commits would wait for a disk.
final class TemporaryStore {
    let folder: String

    var path: String { folder + "/journal.sqlite" }

    init() throws {
        let root = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
        folder = root + "/sluice-journal-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The files of a store at this moment, as after the end of the process.
    func copy(leavingOut suffixes: [String] = []) throws -> TemporaryStore {
        let copy = try TemporaryStore()
        for suffix in ["", "-wal", "-ledger"] where !suffixes.contains(suffix) {
            guard FileManager.default.fileExists(atPath: path + suffix) else { continue }
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy.path + suffix)
        }
        return copy
    }

    func bytes(_ suffix: String = "") throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path + suffix)))
    }

    func overwrite(_ suffix: String = "", _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + suffix))
    }

    func remove(_ suffix: String) throws {
        try FileManager.default.removeItem(atPath: path + suffix)
    }
}

/// The code of the error that `body` throws; nil where it throws none.
func refusal(_ body: () throws -> Void) throws -> StorageError.Code? {
    do {
        try body()
        return nil
    } catch let error as StorageError {
        return error.code
    }
}
