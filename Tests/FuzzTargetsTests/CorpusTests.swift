import Foundation
import FuzzTargets
import Testing

/// The inputs that deploy/fuzz has kept, and those of the targets themselves, break no property.
@Suite struct CorpusTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Corpus")

    /// A line of a corpus is an input in base64.
    private static func saved(_ name: String) throws -> [[UInt8]] {
        let file = corpus.appending(path: name + ".txt")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            Array(try #require(Data(base64Encoded: String($0))))
        }
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func noPropertyIsBroken(target name: String) throws
    {
        let target = try #require(FuzzTarget.named(name))
        let check = try target.makeCheck()
        let (seeds, saved) = (try target.seeds(), try Self.saved(name))
        #expect(!seeds.isEmpty && !saved.isEmpty)
        for input in seeds + saved {
            do {
                try check(input)
            } catch {
                Issue.record("\(Data(input).base64EncodedString()): \(error)")
            }
        }
    }

    /// A file of no target would never be read.
    @Test func everyFileIsATargets() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(Set(names) == Set(FuzzTarget.all.map { $0.name + ".txt" }))
    }
}
