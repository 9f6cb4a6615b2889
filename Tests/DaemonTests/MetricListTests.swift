import Foundation
import Testing

/// Every metric that is declared appears in the log, in `status` and in Prometheus, and is documented.
@Suite struct MetricListTests {
    private let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: repository.appending(path: path), encoding: .utf8)
    }

    /// The types that are sets of metrics, each with the text of its file from there on.
    private func sets() throws -> [(type: String, declaration: Substring)] {
        let sources = repository.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(atPath: sources.path))
        var sets: [(type: String, declaration: Substring)] = []
        for case let file as String in files where file.hasSuffix(".swift") {
            let text = try text("Sources/" + file)
            for found in text.matches(of: /(?:class|struct) (\w+): MetricSet \{/) {
                sets.append((String(found.1), text[found.range.upperBound...]))
            }
        }
        return sets
    }

    @Test func eachSetIsStoredWhereItsMetricsAreShown() throws {
        let shown = try text("Sources/Daemon/Status/DaemonMetrics.swift")
        let sets = try sets()
        #expect(sets.count >= 14)
        for set in sets {
            #expect(
                shown.contains(try Regex("(let|var) \\w+(: |\\s= )\(set.type)\\b")), "\(set.type)")
        }
    }

    @Test func eachCountIsDocumented() throws {
        let document = try text("deploy/docs/wire.md")
        for set in try sets() {
            let body = set.declaration.split(separator: "\n}").first ?? ""
            for found in body.matches(of: /(?:Counter|Gauge|CounterFamily<[\w.]+>)\(\s*"([\w.]+)"/)
            {
                #expect(
                    document.contains(try Regex("`\(found.1)(`|\\.[A-Z]+`)")),
                    "\(set.type): \(found.1)")
            }
        }
    }
}
