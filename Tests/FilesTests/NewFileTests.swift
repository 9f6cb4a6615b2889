import Files
import Foundation
import TestSupport
import Testing

/// A file has its name once it is complete, whenever and however the process ends before.
@Suite struct NewFileTests {
    private let folder: TestSupport.TemporaryFolder

    init() throws { folder = try TestSupport.TemporaryFolder() }

    private func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: folder.path(name))
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// What a process that is killed in between leaves.
    @Test func untilItIsCompleteTheFormerFileStays() throws {
        let path = try folder.write("before", to: "file")
        var new = try NewFile(path)
        for piece in ["af", "ter"] {
            try new.descriptor.write(Array(piece.utf8))
            #expect(text("file") == "before")
        }
        try new.complete(isDurable: true)
        #expect(text("file") == "after")
        #expect(try folder.names == ["file"])
    }

    @Test func oneThatIsNeverCompleteLeavesNothing() throws {
        let path = try folder.write("before", to: "file")
        do {
            let new = try NewFile(path)
            try new.descriptor.write([1, 2, 3])
            #expect(try folder.names.count == 2)
        }
        #expect(text("file") == "before")
        #expect(try folder.names == ["file"])
    }

    /// A killed process of the same number may have left one, longer and with other permissions.
    @Test func theRemainsOfAnotherProcessAreInNoWay() throws {
        let path = folder.path("file")
        let remains = URL(filePath: NewFile.draft(of: path)).lastPathComponent
        try folder.write(String(repeating: "x", count: 1000), to: remains)
        var new = try NewFile(path)
        try new.descriptor.write(Array("new".utf8))
        try new.complete()
        #expect(text("file") == "new")
        #expect(try folder.names == ["file"])
    }

    @Test func permissionsAreExactWhereTheyAreNamed() throws {
        for (name, exact) in [("exact", mode_t(0o666)), ("plain", nil)] {
            var new = try NewFile(folder.path(name), permissions: 0o640, exactPermissions: exact)
            try new.complete()
            var status = stat()
            #expect(unsafe stat(folder.path(name), &status) == 0)
            #expect(status.st_mode & 0o777 == exact ?? 0o640)
        }
    }

    @Test func aFolderThatIsMissingIsTheErrorAtOnce() throws {
        #expect(throws: Errno(code: ENOENT)) { _ = try NewFile(folder.path("missing/file")) }
        try folder.write("", to: "plain")
        #expect(throws: Errno(code: ENOTDIR)) { _ = try NewFile(folder.path("plain/file")) }
    }

    @Test(.enabled(if: TemporaryMount.isPermitted, "mounting a small tmpfs is not permitted here"))
    func aFullDiskLeavesTheFormerFile() throws {
        let disk = try TemporaryMount(bytes: 1 << 16)
        let path = disk.folder + "/file"
        try Data("before".utf8).write(to: URL(filePath: path))
        do {
            let new = try NewFile(path)
            let error = #expect(throws: Errno.self) {
                try new.descriptor.write([UInt8](repeating: 1, count: 1 << 17))
            }
            #expect(error?.isFull == true)
        }
        #expect(FileManager.default.contents(atPath: path) == Data("before".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.folder) == ["file"])
    }

    @Test func aFileWithoutANameIsReadAndWrittenAndLeavesNothing() throws {
        let file = try NewFile.withoutName(in: folder.path)
        #expect(try folder.names == [])
        try file.write([1, 2, 3])
        try file.write([9], at: 1)
        #expect(try file.read(upTo: 10, at: 0) == [1, 9, 3])
    }

    @Test func aFinishedFileIsMovedOnlyWhereThereIsNone() throws {
        try folder.write("new", to: "draft")
        try NewFile.move(folder.path("draft"), toNew: folder.path("file"))
        #expect(text("file") == "new")
        try folder.write("newer", to: "draft")
        #expect(throws: Errno(code: EEXIST)) {
            try NewFile.move(folder.path("draft"), toNew: folder.path("file"))
        }
        #expect(text("file") == "new")
    }
}
