import Client
import Foundation
import Testing
import ZeroMQ

@Suite struct InputTests {
    /// Reads until there is nothing at the moment.
    private func drain(_ input: inout some TextInput) throws -> (text: String, notices: [String]) {
        var (bytes, notices): ([UInt8], [String]) = ([], [])
        while true {
            switch try input.read() {
            case .bytes(let more): bytes += more
            case .notice(let text): notices.append(text)
            case .endOfText: notices.append("end of text")
            case .pending, .end: return (String(decoding: bytes, as: UTF8.self), notices)
            }
        }
    }

    /// Whether the descriptor says that there is something, without waiting.
    private func isReady(_ input: some TextInput) throws -> Bool {
        var poller = Poller()
        let descriptor = try #require(input.descriptor)
        let index = poller.add(fileDescriptor: descriptor.number, owner: descriptor)
        try poller.wait(timeout: .zero)
        return poller.isReadable(index)
    }

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

    @Test func followsWhatIsAdded() throws {
        let folder = try TemporaryFolder()
        try folder.write("old\n", to: "log")
        var input = try FollowedFile(path: folder.path("log"), fromStart: false)
        #expect(try drain(&input) == ("", []))
        #expect(try !isReady(input))
        try folder.append("new", to: "log")
        #expect(try isReady(input))
        #expect(try drain(&input) == ("new", []))
        #expect(try !isReady(input))
        try folder.append(" more", to: "log")
        #expect(try drain(&input) == (" more", []))
    }

    @Test func fromTheStartItReadsWhatIsThere() throws {
        let folder = try TemporaryFolder()
        try folder.write("old\n", to: "log")
        var input = try FollowedFile(path: folder.path("log"), fromStart: true, chunkSize: 2)
        #expect(try drain(&input) == ("old\n", []))
    }

    @Test func followsThroughRotation() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "log")
        var input = try FollowedFile(path: folder.path("log"), fromStart: false)
        #expect(try drain(&input).text == "")
        try folder.append("last words", to: "log")
        try folder.move("log", to: "log.1")
        try folder.append(", truly", to: "log.1")
        try folder.write("new file", to: "log")
        #expect(try isReady(input))
        let (text, notices) = try drain(&input)
        #expect(text == "last words, trulynew file")
        #expect(notices.count == 1 && notices[0].contains("replaced"))
        try folder.append("!", to: "log")
        #expect(try drain(&input) == ("!", []))
    }

    @Test func followsThroughTruncation() throws {
        let folder = try TemporaryFolder()
        try folder.write("a long text", to: "log")
        var input = try FollowedFile(path: folder.path("log"), fromStart: true)
        #expect(try drain(&input).text == "a long text")
        let file = try FileHandle(forWritingTo: folder.url.appending(path: "log"))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data("short".utf8))
        try file.close()
        let (text, notices) = try drain(&input)
        #expect(text == "short")
        #expect(notices.count == 1 && notices[0].contains("truncated"))
    }

    @Test func waitsForAFileThatIsNotThere() throws {
        let folder = try TemporaryFolder()
        var input = try FollowedFile(path: folder.path("log"), fromStart: false)
        #expect(try drain(&input) == ("", []))
        #expect(try !isReady(input))
        try folder.write("here", to: "log")
        #expect(try isReady(input))
        let (text, notices) = try drain(&input)
        #expect(text == "here")
        #expect(notices.count == 1 && notices[0].contains("appeared"))
    }

    @Test func followsThroughASymbolicLink() throws {
        let folder = try TemporaryFolder()
        let other = try TemporaryFolder()
        try other.write("x", to: "real")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("log"), withDestinationPath: other.path("real"))
        var input = try FollowedFile(path: folder.path("log"), fromStart: true)
        #expect(try drain(&input).text == "x")
        try other.append("y", to: "real")
        #expect(try isReady(input))
        #expect(try drain(&input).text == "y")
    }
}
