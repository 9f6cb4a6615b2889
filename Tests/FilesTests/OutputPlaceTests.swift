import Files
import Foundation
import Glibc
import Testing

/// What is replaced when a file is written, and what is not.
@Suite struct OutputPlaceTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "place-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String {
        folder.appending(path: name).path(percentEncoded: false)
    }

    @Test func aFileIsReplacedWhereLinksLead() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("text".utf8).write(to: URL(filePath: path("file")))
        #expect(unsafe chmod(path("file"), 0o640) == 0)
        #expect(unsafe symlink("file", path("link")) == 0)
        #expect(unsafe symlink(path("link"), path("further")) == 0)
        for name in ["file", "link", "further"] {
            #expect(OutputPlace(path(name)) == .plain(path("file"), permissions: 0o640))
        }
    }

    @Test func aFileThatIsNotThereIsMadeWhereItsLinkLeads() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(unsafe symlink("missing", path("link")) == 0)
        #expect(unsafe symlink("/missing/file", path("far")) == 0)
        #expect(OutputPlace(path("missing")) == .plain(path("missing"), permissions: nil))
        #expect(OutputPlace(path("link")) == .plain(path("missing"), permissions: nil))
        #expect(OutputPlace(path("far")) == .plain("/missing/file", permissions: nil))
    }

    @Test func devicesPipesAndFoldersAreNeverReplaced() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(unsafe mkfifo(path("pipe"), 0o600) == 0)
        #expect(unsafe symlink("/dev/full", path("link")) == 0)
        for place in [path("pipe"), path("link"), "/dev/full", folder.path(percentEncoded: false)] {
            #expect(OutputPlace(place) == .special, "\(place)")
        }
    }

    /// Whatever it is in a test: a file, a pipe or a terminal.
    @Test func theStandardOutputIsKnownUnderOtherNames() {
        for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
            #expect(OutputPlace(name) == .standardOutput)
        }
    }
}
