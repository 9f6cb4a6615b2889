import Client
import Foundation
import Glibc
import TestSupport
import Testing

/// Whatever happens to a file's name, in any order.
@Suite struct FollowedFilePropertyTests {
    /// A folder in which a log is written, rotated, truncated, removed and linked elsewhere.
    private struct World {
        let folder: TemporaryFolder
        private var lineCount = 0
        private var oldCount = 0
        /// Which of two folders the link on the path leads to.
        private var version = 0
        /// The lines that were written to the file that the path leads to now.
        var current: [String] = []

        init() throws {
            folder = try TemporaryFolder()
            for name in ["v0", "v1"] {
                try FileManager.default.createDirectory(
                    atPath: folder.path(name), withIntermediateDirectories: false)
            }
            #expect(unsafe symlink("v0", folder.path("dir")) == 0)
        }

        var path: String { folder.path("dir/log") }

        mutating func act(_ random: inout SeededRandom) throws {
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<6: try write(O_APPEND, isWhole: Bool.random(using: &random))
            case 6, 7:
                oldCount += 1
                _ = unsafe rename(path, folder.path("old.\(oldCount)"))
                current = []
            case 8:
                _ = unsafe unlink(path)
                current = []
            case 9: try write(O_TRUNC, isWhole: true)
            case 10: try replace()
            default: try turnLink()
            }
        }

        /// Whole lines have their number and a line feed; others no line feed.
        private mutating func line(isWhole: Bool) -> String {
            lineCount += 1
            return "<\(lineCount)\(String(repeating: "x", count: lineCount % 50))>"
                + (isWhole ? "\n" : "")
        }

        mutating func write(_ flags: Int32, isWhole: Bool) throws {
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | flags, 0o644)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            if flags == O_TRUNC { current = [] }
            let text = line(isWhole: isWhole)
            current.append(text)
            #expect(unsafe Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count)
        }

        /// Another file takes the name in one step.
        private mutating func replace() throws {
            let text = line(isWhole: true)
            try folder.write(text, to: "fresh")
            #expect(unsafe rename(folder.path("fresh"), path) == 0)
            current = [text]
        }

        private mutating func turnLink() throws {
            version = 1 - version
            _ = unsafe unlink(folder.path("v\(version)/log"))
            #expect(unsafe symlink("v\(version)", folder.path("next")) == 0)
            #expect(unsafe rename(folder.path("next"), folder.path("dir")) == 0)
            current = []
        }
    }

    /// Reads all that is there, a text's end as `|`.
    private func read(_ input: inout FollowedFile) throws -> String {
        var bytes: [UInt8] = []
        while true {
            switch try input.read() {
            case .bytes(let more): bytes += more
            case .endOfText: bytes.append(UInt8(ascii: "|"))
            case .notice: continue
            case .pending, .end: return String(decoding: bytes, as: UTF8.self)
            }
        }
    }

    @Test(arguments: 0..<20) func whereItIsReadAtOnceNothingIsLost(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var world = try World()
        var input = try FollowedFile(path: world.path, fromStart: true, chunkSize: 16)
        for _ in 0..<100 {
            let before = world.current
            try world.act(&random)
            let found = try read(&input)
            let isSameFile = world.current.starts(with: before)
            let expected = (isSameFile ? world.current.dropFirst(before.count) : world.current[...])
                .joined()
            #expect(found.filter { $0 != "|" } == expected)
            // A text ends only before another begins.
            #expect(!found.dropFirst().contains("|"))
        }
    }

    @Test(arguments: 0..<20) func whenItIsReadNowAndThenNothingIsJoinedOrReadTwice(
        seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        var world = try World()
        var input = try FollowedFile(path: world.path, fromStart: true, chunkSize: 16)
        var text = ""
        for _ in 0..<200 {
            try world.act(&random)
            if Int.random(in: 0..<4, using: &random) == 0 { text += try read(&input) }
        }
        try world.write(O_APPEND, isWhole: true)
        text += try read(&input)
        #expect(text.filter { $0 != "|" }.hasSuffix(world.current.joined()))
        let numbers = text.split(whereSeparator: { "<>x\n|".contains($0) }).compactMap { Int($0) }
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "\(numbers)")
    }
}
