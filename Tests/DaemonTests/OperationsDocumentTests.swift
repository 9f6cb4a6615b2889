import Foundation
import StrictTOML
import Testing

@testable import Daemon

/// What operators read is what the program does.
@Suite struct OperationsDocumentTests {
    private let document: String

    init() throws {
        let repository = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        document = try String(
            contentsOf: repository.appending(path: "deploy/docs/operations.md"), encoding: .utf8)
    }

    /// The part under a heading, up to the next one.
    private func part(_ heading: String) throws -> Substring {
        let start = try #require(document.range(of: "\n## \(heading)\n")?.upperBound)
        let end = document[start...].range(of: "\n## ")?.lowerBound ?? document.endIndex
        return document[start..<end]
    }

    @Test func theCatalogueHasEachEventOnce() throws {
        let found = try part("Log").matches(
            of: /\n\| `(\w+)` \| (?:info|notice|warning|error|crit)/)
        #expect(found.map { String($0.1) } == DaemonEvent.allCases.map(\.rawValue))
    }

    @Test func theKeysThatAReloadAppliesAreListed() throws {
        let table = try part("Reload").matches(of: /\n\| (`[^|]*`) \|/).map { String($0.1) }
        let found = table.joined(separator: ", ").split(separator: ", ")
            .map { $0.filter { $0 != "`" } }
        #expect(found.sorted() == Configuration.codec.shape.liveKeys.sorted())
    }
}
