import Client
import Foundation
import Glibc
import TestSupport
import Testing
import ZeroMQ

@Suite struct InputTests {
    @Test func readsFilesInTurn() throws {
        let folder = try TemporaryFolder()
        try folder.write("first", to: "a")
        try folder.write("second", to: "b")
        var input = try FileInput(paths: [folder.path("a"), folder.path("b")], chunkSize: 2)
        #expect(input.totalByteCount == 11)
        #expect(try drain(&input) == ("firstsecond", ["end of text", "end of text"]))
    }

    @Test func aMissingFileIsFoundBeforeAnythingIsRead() throws {
        let folder = try TemporaryFolder()
        try folder.write("first", to: "a")
        let error = try #require(throws: ClientError.self) {
            try FileInput(paths: [folder.path("a"), folder.path("nothing")])
        }
        #expect(
            error
                == .inputMissing(
                    path: folder.path("nothing"), reason: "No such file or directory"))
        let folderError = try #require(throws: ClientError.self) {
            try FileInput(paths: [folder.url.path])
        }
        #expect(folderError == .inputMissing(path: folder.url.path, reason: "it is a folder"))
    }

    @Test func aPipeWithoutAWriterIsWaitedFor() throws {
        let folder = try TemporaryFolder()
        #expect(unsafe mkfifo(folder.path("pipe"), 0o600) == 0)
        var input = try FileInput(paths: [folder.path("pipe")])
        #expect(try drain(&input) == ("", []))
        #expect(try !isReady(input))
        let writer = try FileHandle(forWritingTo: folder.url.appending(path: "pipe"))
        try writer.write(contentsOf: Data("text".utf8))
        #expect(try isReady(input))
        #expect(try drain(&input).text == "text")
        try writer.close()
        #expect(try isReady(input))
        #expect(try drain(&input) == ("", ["end of text"]))
    }

    @Test func leavesOutTheByteOrderMarkOfEachFile() throws {
        let folder = try TemporaryFolder()
        try folder.write("\u{FEFF}first", to: "a")
        try folder.write("\u{FEFF}\u{FEFF}second", to: "b")
        for chunkSize in [1, 2, 100] {
            var input = try FileInput(
                paths: [folder.path("a"), folder.path("b")], chunkSize: chunkSize)
            #expect(try drain(&input).text == "first\u{FEFF}second")
        }
        var kept = try FileInput(paths: [folder.path("a")], keepsBytes: true)
        #expect(try drain(&kept).text == "\u{FEFF}first")
    }

    @Test func refusesWhatIsNoText() throws {
        let folder = try TemporaryFolder()
        try Data([0x1F, 0x8B, 8, 0, 1]).write(to: folder.url.appending(path: "a.gz"))
        let error = try #require(throws: ClientError.self) {
            try FileInput(paths: [folder.path("a.gz")])
        }
        #expect("\(error)".contains("a.gz: found gzip data, expected text in UTF-8; decompress"))
        var kept = try FileInput(paths: [folder.path("a.gz")], keepsBytes: true)
        guard case .bytes(let bytes) = try kept.read() else { throw CancellationError() }
        #expect(bytes == [0x1F, 0x8B, 8, 0, 1])
    }
}
