import Foundation
import Testing

@testable import Training

@Suite struct TextFileTests {
    private static func withFile<Result>(
        _ bytes: [UInt8], _ suffix: String, _ body: (String) throws -> Result
    ) throws -> Result {
        let path = NSTemporaryDirectory() + "/sluice-text-\(UUID().uuidString)\(suffix)"
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private static func failure(_ path: String) -> CorpusError? {
        do {
            _ = try TextFile.utf8(of: path)
            return nil
        } catch {
            return error
        }
    }

    @Test func allStreamsOfACompressedFileAreRead() throws {
        let text = try Fixtures.bytes("streams.txt")
        #expect(try TextFile.utf8(of: Fixtures.path("streams.txt")) == text)
        #expect(try TextFile.utf8(of: Fixtures.path("streams.txt.xz")) == text)
        let compressed = try Fixtures.bytes("streams.txt.xz")
        #expect(try Self.withFile(compressed, ".txt") { try TextFile.utf8(of: $0) } == text)
    }

    @Test func whatIsCutOffIsRefused() throws {
        let compressed = try Fixtures.bytes("streams.txt.xz")
        let text = try Fixtures.bytes("streams.txt")
        var wholeCounts: [Int] = []
        for count in compressed.indices {
            do throws(CorpusError) {
                let found = try XZDecoder.decompress(Array(compressed[..<count]), file: "f")
                // The result does not show the boundary between the streams.
                #expect(found == Array(text[..<1000]))
                wholeCounts.append(count)
            } catch {
                let reason = "the file ends in the middle of the compressed data"
                #expect(error == .badCompression(file: "f", offset: count, reason: reason))
            }
        }
        #expect(wholeCounts.count == 1)
    }

    @Test func whatIsDamagedIsRefused() throws {
        let compressed = try Fixtures.bytes("streams.txt.xz")
        for index in compressed.indices {
            var damaged = compressed
            damaged[index] ^= 0x10
            #expect(throws: CorpusError.self, "byte \(index) changed, and nobody noticed") {
                try XZDecoder.decompress(damaged, file: "f")
            }
        }
    }

    @Test func whatIsNoTextIsNamed() throws {
        #expect(
            Self.failure("/nowhere/text")
                == .missing(file: "/nowhere/text", reason: "No such file or directory"))
        #expect(Self.failure("/tmp") == .missing(file: "/tmp", reason: "it is a folder"))
        try Self.withFile(Array("é".utf8) + [0x61, 0xC3], ".txt") {
            #expect(Self.failure($0) == .notUTF8(file: $0, offset: 3))
        }
        try Self.withFile(Array("a plain text".utf8), ".xz") {
            let reason = "found other bytes, expected an .xz file"
            guard case .badCompression($0, _, reason)? = Self.failure($0) else {
                Issue.record("\(String(describing: Self.failure($0)))")
                return
            }
        }
        #expect(try Self.withFile([], ".txt") { try TextFile.utf8(of: $0) } == [])
    }
}
