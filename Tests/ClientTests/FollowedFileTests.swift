import Client
import Foundation
import Glibc
import TestSupport
import Testing

/// What `tail -F` does, and where it would lose or repeat text, better.
@Suite struct FollowedFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func follow(_ name: String = "log", fromStart: Bool = false) throws -> FollowedFile {
        try FollowedFile(path: folder.path(name), fromStart: fromStart, chunkSize: 7)
    }

    private func link(_ target: String, as name: String) throws {
        _ = unsafe unlink(folder.path(name))
        #expect(unsafe symlink(target, folder.path(name)) == 0)
    }

    private func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path(name), withIntermediateDirectories: true)
    }

    @Test func readsWhatIsAdded() throws {
        try folder.write("old\n", to: "log")
        var input = try follow()
        #expect(try drain(&input) == ("", []))
        #expect(try !isReady(input))
        try folder.append("new", to: "log")
        #expect(try isReady(input))
        #expect(try drain(&input) == ("new", []))
        #expect(try !isReady(input))
        try folder.append(" more", to: "log")
        #expect(try drain(&input) == (" more", []))
        var whole = try follow(fromStart: true)
        #expect(try drain(&whole) == ("old\nnew more", []))
    }

    @Test func aFileThatLostItsNameIsReadOnUntilItsSuccessorHasSomething() throws {
        try folder.write("", to: "log")
        var input = try follow()
        #expect(try drain(&input).text == "")
        try folder.append("last words", to: "log")
        try folder.move("log", to: "log.1")
        let (text, notices) = try drain(&input)
        #expect(text == "last words")
        #expect(notices.count == 1 && notices[0].contains("has become inaccessible: No such file"))
        try folder.append(", truly", to: "log.1")
        #expect(try isReady(input))
        #expect(try drain(&input) == (", truly", []))
        try folder.write("", to: "log")
        #expect(try drain(&input).notices.first?.contains("has appeared; following new") == true)
        try folder.append(" and done", to: "log.1")
        #expect(try drain(&input) == (" and done", []))
        try folder.append("new file", to: "log")
        #expect(try isReady(input))
        // A line that is not whole is not joined with the next file's first.
        #expect(try drain(&input) == ("new file", ["end of text"]))
        try folder.append("!", to: "log")
        #expect(try drain(&input) == ("!", []))
    }

    @Test func aFileThatIsReplacedAtOnceIsReadToItsEndFirst() throws {
        try folder.write("", to: "log")
        var input = try follow()
        try folder.append("old", to: "log")
        try folder.write("new, and longer", to: "other")
        try folder.move("log", to: "log.1")
        try folder.move("other", to: "log")
        let (text, notices) = try drain(&input)
        #expect(text == "oldnew, and longer")
        #expect(notices.count == 2 && notices[0].contains("has been replaced; following new file"))
        #expect(notices[1] == "end of text")
    }

    @Test(arguments: ["", "short", "much longer than what was there before"])
    func aFileThatIsTruncatedOrRewrittenBeginsAnew(text: String) throws {
        try folder.write("a text of some length", to: "log")
        var input = try follow(fromStart: true)
        #expect(try drain(&input).text == "a text of some length")
        let file = try FileHandle(forWritingTo: folder.url.appending(path: "log"))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
        #expect(try isReady(input))
        let (found, notices) = try drain(&input)
        #expect(found == text)
        #expect(notices.count == 2 && notices[0] == "end of text")
        #expect(notices[1].contains("file truncated"))
    }

    @Test func waitsForAFileAndItsFoldersThatAreNotThere() throws {
        var input = try follow("new/folder/log")
        let (_, notices) = try drain(&input)
        #expect(notices.count == 1 && notices[0].contains("No such file or directory; waiting"))
        #expect(try !isReady(input))
        try makeFolder("new")
        #expect(try isReady(input))
        #expect(try drain(&input) == ("", []))
        try makeFolder("new/folder")
        #expect(try drain(&input) == ("", []))
        try folder.write("here", to: "new/folder/log")
        #expect(try isReady(input))
        let (text, appeared) = try drain(&input)
        #expect(text == "here")
        #expect(appeared.count == 1 && appeared[0].contains("has appeared; following new file"))
    }

    @Test func followsALinkThatMovesToAnotherFolder() throws {
        try makeFolder("v1")
        try makeFolder("v2")
        try folder.write("", to: "v1/app.log")
        try link("v1/app.log", as: "log")
        var input = try follow()
        #expect(try drain(&input) == ("", []))
        try folder.append("one\n", to: "v1/app.log")
        #expect(try drain(&input) == ("one\n", []))
        try folder.write("two\n", to: "v2/app.log")
        try link("v2/app.log", as: "log")
        #expect(try drain(&input).text == "two\n")
        try folder.append("three\n", to: "v2/app.log")
        #expect(try isReady(input))
        #expect(try drain(&input) == ("three\n", []))
    }

    @Test func followsALinkToAFolderAndOneThatDanglesAtFirst() throws {
        try link("current", as: "dir")
        try link("dir/log", as: "log")
        var input = try follow()
        #expect(try drain(&input).text == "")
        for version in ["a", "b"] {
            try makeFolder(version)
            try folder.write("in \(version)\n", to: "\(version)/log")
            try link(version, as: "current")
            #expect(try isReady(input))
            #expect(try drain(&input).text == "in \(version)\n")
        }
    }

    @Test func followsAFolderThatIsMovedAndMadeAgain() throws {
        try makeFolder("logs")
        try folder.write("", to: "logs/log")
        var input = try follow("logs/log")
        try folder.move("logs", to: "logs.old")
        try folder.append("rest\n", to: "logs.old/log")
        #expect(try isReady(input))
        #expect(try drain(&input).text == "rest\n")
        try makeFolder("logs")
        try folder.write("new\n", to: "logs/log")
        #expect(try isReady(input))
        #expect(try drain(&input).text == "new\n")
        try FileManager.default.removeItem(atPath: folder.path("logs"))
        try folder.move("logs.old", to: "logs")
        // As of any other file that takes the name.
        #expect(try drain(&input).text == "rest\n")
    }

    @Test func aFileThatComesBackIsNotReadAgain() throws {
        try folder.write("old\n", to: "log")
        var input = try follow()
        try folder.move("log", to: "away")
        #expect(try drain(&input).text == "")
        try folder.move("away", to: "log")
        let (text, notices) = try drain(&input)
        #expect(text == "")
        #expect(notices.count == 1 && notices[0].contains("has become accessible"))
        try folder.append("new\n", to: "log")
        #expect(try drain(&input) == ("new\n", []))
    }

    @Test func aFolderInItsPlaceIsWaitedOut() throws {
        try folder.write("", to: "log")
        var input = try follow()
        try folder.move("log", to: "log.1")
        try makeFolder("log")
        #expect(try drain(&input).notices.first?.contains("it is a folder now") == true)
        #expect(unsafe rmdir(folder.path("log")) == 0)
        try folder.write("back", to: "log")
        #expect(try drain(&input).text == "back")
        try makeFolder("other")
        #expect(throws: ClientError.self) { try follow("other") }
    }

    @Test func aPipeNeedsNoWriterAndTakesOneAfterTheOther() throws {
        #expect(unsafe mkfifo(folder.path("pipe"), 0o600) == 0)
        var input = try follow("pipe")
        #expect(try drain(&input) == ("", []))
        #expect(try !isReady(input))
        for text in ["one\n", "two\n"] {
            let writer = try FileHandle(forWritingTo: folder.url.appending(path: "pipe"))
            try writer.write(contentsOf: Data(text.utf8))
            #expect(try isReady(input))
            #expect(try drain(&input) == (text, []))
            try writer.close()
            _ = try drain(&input)
            #expect(try !isReady(input))
        }
    }

    @Test func aFileThatIsNoTextIsWaitedOut() throws {
        let gzip: [UInt8] = [0x1F, 0x8B, 8, 0, 1]
        try folder.write("one\n", to: "log")
        var input = try follow(fromStart: true)
        #expect(try drain(&input).text == "one\n")
        try folder.move("log", to: "log.1")
        try Data(gzip).write(to: folder.url.appending(path: "log"))
        let (text, notices) = try drain(&input)
        #expect(text == "" && notices.last?.contains("found gzip data") == true)
        try folder.append("more", to: "log")
        #expect(try drain(&input) == ("", []))
        try folder.move("log", to: "log.2")
        try folder.write("two\n", to: "log")
        #expect(try drain(&input).text == "two\n")
        // As the first it was named by mistake.
        var first = try follow("log.2", fromStart: true)
        #expect(throws: ClientError.self) { try drain(&first) }
    }

    @Test func leavesOutTheByteOrderMarkOfEachFile() throws {
        try folder.write("\u{FEFF}one\n", to: "log")
        var input = try follow(fromStart: true)
        #expect(try drain(&input).text == "one\n")
        try folder.append("\u{FEFF}", to: "log")
        #expect(try drain(&input).text == "\u{FEFF}")
        try folder.move("log", to: "log.1")
        try folder.write("\u{FEFF}two\n", to: "log")
        #expect(try drain(&input).text == "two\n")
    }
}
