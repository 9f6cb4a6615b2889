import Files
import Foundation
import TestSupport
import Testing

/// What a user names to be written is replaced whole or not at all.
@Suite struct OutputFileTests {
    private let folder: TestSupport.TemporaryFolder

    init() throws { folder = try TestSupport.TemporaryFolder() }

    private struct Interrupted: Error {}

    private func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: folder.path(name))
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private func write(_ text: String, to path: String, isPrivate: Bool = false) throws {
        try OutputFile.write(path, isPrivate: isPrivate) { number in
            try FileDescriptor(borrowing: number).write(Array(text.utf8))
        }
    }

    private func permissions(_ name: String) -> mode_t {
        var status = stat()
        return unsafe stat(folder.path(name), &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func aFailureLeavesTheFormerFile() throws {
        let path = try folder.write("before", to: "file")
        #expect(throws: Interrupted.self) {
            try OutputFile.write(path) { number in
                try FileDescriptor(borrowing: number).write([1])
                throw Interrupted()
            }
        }
        #expect(text("file") == "before")
        #expect(try folder.names == ["file"])
    }

    @Test func linksStayAndTheirTargetKeepsItsPermissions() throws {
        try folder.write("before", to: "file")
        #expect(unsafe chmod(folder.path("file"), 0o604) == 0)
        #expect(unsafe symlink("file", folder.path("link")) == 0)
        try write("after", to: folder.path("link"), isPrivate: true)
        #expect(text("file") == "after" && permissions("file") == 0o604)
        let target = try FileManager.default.destinationOfSymbolicLink(
            atPath: folder.path("link"))
        #expect(target == "file")
    }

    @Test func aNewFileIsPrivateWhereThatIsAskedFor() throws {
        let mask = umask(0o022)
        defer { umask(mask) }
        for (name, isPrivate) in [("own", true), ("open", false)] {
            try write("text", to: folder.path(name), isPrivate: isPrivate)
            #expect(permissions(name) == (isPrivate ? 0o600 : 0o644))
        }
    }

    @Test func devicesAndPipesAreWrittenAsTheyAre() throws {
        try write("text", to: "/dev/null")
        let error = #expect(throws: OutputError.self) {
            let file = try OutputFile("/dev/full", isPrivate: false)
            try file.write([1])
        }
        #expect(error == .failed(path: "/dev/full", reason: "No space left on device"))
        #expect(unsafe mkfifo(folder.path("pipe"), 0o600) == 0)
        // Both ends, so that opening it to write does not wait.
        let reader = try FileDescriptor(folder.path("pipe"), O_RDWR | O_NONBLOCK)
        try write("text", to: folder.path("pipe"))
        #expect(try reader.read(upTo: 10) == Array("text".utf8))
        #expect(try folder.names == ["pipe"])
    }

    @Test func whatCannotBeWrittenIsKnownBeforeLongWork() throws {
        let path = folder.path("missing/file")
        #expect(throws: OutputError.failed(path: path, reason: "No such file or directory")) {
            try OutputFile.check(path)
        }
        let there = try folder.write("before", to: "file")
        try OutputFile.check(there)
        try OutputFile.check(folder.path("new"))
        #expect(text("file") == "before")
        #expect(try folder.names == ["file"])
    }

    @Test(.enabled(if: geteuid() != 0 || TemporaryMount.isPermitted, "root may write anywhere"))
    func aFolderThatMayNotBeWrittenIsTheError() throws {
        var disk: TemporaryMount?
        var place = folder.path
        if geteuid() == 0 {
            disk = try TemporaryMount(bytes: 1 << 16)
            place = disk!.folder
        }
        let path = place + "/file"
        try Data("before".utf8).write(to: URL(filePath: path))
        if let disk { try disk.makeReadOnly() } else { _ = unsafe chmod(place, 0o500) }
        let error = #expect(throws: OutputError.self) { try write("after", to: path) }
        #expect(error?.description.hasPrefix("cannot write the output: \(path): ") == true)
        #expect(FileManager.default.contents(atPath: path) == Data("before".utf8))
        if disk == nil { _ = unsafe chmod(place, 0o700) }
    }

    @Test(.enabled(if: TemporaryMount.isPermitted, "mounting a small tmpfs is not permitted here"))
    func aFullDiskLeavesTheFormerFile() throws {
        let disk = try TemporaryMount(bytes: 1 << 16)
        let path = disk.folder + "/file"
        try Data("before".utf8).write(to: URL(filePath: path))
        let error = #expect(throws: Errno.self) {
            try write(String(repeating: "x", count: 1 << 17), to: path)
        }
        #expect(error?.isFull == true)
        #expect(FileManager.default.contents(atPath: path) == Data("before".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.folder) == ["file"])
    }
}
