import Foundation
import Glibc
import Storage
import Testing

@testable import Journal

/// A store is its user's alone.
@Suite struct PrivacyTests {
    private static let suffixes = ["", "-wal", "-shm", "-ledger", "-lock"]

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    /// While the process would give everybody every right.
    private func withoutUmask<Result>(_ body: () throws -> Result) rethrows -> Result {
        let mask = umask(0)
        defer { umask(mask) }
        return try body()
    }

    private func written(_ path: String) throws -> JournalWriter {
        let writer = try JournalWriter(path: path)
        try writer.write([.began(try incarnation(1, "a")), .request(request(1, 0))])
        return writer
    }

    @Test func aNewStoreIsItsUsersAlone() throws {
        let store = try TemporaryStore()
        let folder = store.folder + "/one/two"
        let path = folder + "/journal.sqlite"
        let writer = try withoutUmask { try written(path) }
        #expect(writer.exposures.isEmpty)
        for suffix in Self.suffixes { #expect(mode(path + suffix) == 0o600, "\(suffix)") }
        for folder in [folder, store.folder + "/one"] { #expect(mode(folder) == 0o700) }
        try writer.close()
    }

    /// Of a version that left it to the umask, or a copy.
    @Test(arguments: [true, false]) func anOpenStoreIsClosed(hasOwnFolder: Bool) throws {
        let store = try TemporaryStore()
        let path = store.path
        try withoutUmask { try written(path) }.close()
        for suffix in ["", "-ledger", "-lock"] { unsafe chmod(path + suffix, 0o666) }
        unsafe chmod(store.folder, 0o755)
        var options = JournalOptions()
        options.hasOwnFolder = hasOwnFolder
        let writer = try JournalWriter(path: path, options: options)
        try writer.write([.request(request(1, 1))])
        #expect(writer.exposures.isEmpty)
        for suffix in Self.suffixes { #expect(mode(path + suffix) == 0o600, "\(suffix)") }
        #expect(mode(store.folder) == (hasOwnFolder ? 0o700 : 0o755))
        try writer.close()
    }

    @Test func aFolderThatOthersMayWriteInIsTold() throws {
        let store = try TemporaryStore()
        unsafe chmod(store.folder, 0o777)
        let writer = try written(store.path)
        #expect(writer.exposures.count == 1)
        #expect(writer.exposures.first?.contains("0777") == true)
        try writer.close()
    }

    /// A link there must not have us write, cut off or lock what it leads to.
    @Test(arguments: ["-lock", "-ledger", "-ledger.new"]) func linksAreNotFollowed(
        suffix: String
    ) throws {
        let store = try TemporaryStore()
        let other = store.folder + "/other"
        try Data("precious".utf8).write(to: URL(filePath: other))
        unsafe chmod(other, 0o644)
        unsafe symlink(other, store.path + suffix)
        let code = try refusal { try written(store.path).close() }
        // A draft is only removed.
        #expect(code == (suffix == "-ledger.new" ? nil : .foreign))
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "precious")
        #expect(mode(other) == 0o644)
    }

    @Test func aBundleIsItsUsersAlone() throws {
        let store = try TemporaryStore()
        let writer = try withoutUmask { try written(store.path) }
        try writer.closeAsOneFile()
        #expect(mode(store.path) == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).count == 1)
    }
}
